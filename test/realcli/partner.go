package realcli

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"heliograph/test/realcli/fakesignal"
)

//go:embed java/OfflineAgent.java
var offlineAgent []byte

//go:embed java/MakeAccounts.java
var makeAccounts []byte

// What a partner folder holds.
const (
	offlineJar = "offline.jar" // agent and trust store, for the boot class path
	accountDir = "accounts"    // the data directory that tests copy, used once
	serverFile = "server.json" // what its accounts have uploaded
	archive    = "classes.jsa" // class data, which halves the start of the JVM
)

// storeName is where signal-cli looks for the authorities that it trusts.
const storeName = "org/asamk/signal/manager/config/whisper.store"

// partnerRevision changes when the code below makes something else of the same sources.
const partnerRevision = 2

// partner returns the folder of things that all rigs with these options share.
func (i *Install) partner(t testing.TB, seed string, accounts, contacts int) string {
	t.Helper()
	release, err := os.ReadFile(filepath.Join(i.JavaHome, "release"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, part := range [][]byte{offlineAgent, makeAccounts, release, []byte(i.Dir)} {
		fmt.Fprintf(sum, "%d %s", len(part), part)
	}
	fmt.Fprintf(sum, "%s %d %q %d %d", Version, partnerRevision, seed, accounts, contacts)
	name := "partner-" + hex.EncodeToString(sum.Sum(nil)[:6])
	return i.cached(t, name, func(dir string) error {
		return i.makePartner(t.Context(), dir, seed, accounts, contacts)
	})
}

func (i *Install) makePartner(ctx context.Context, dir, seed string, accounts, contacts int) error {
	authority, err := fakesignal.NewAuthority()
	if err != nil {
		return err
	}
	if err := authority.WriteFiles(dir); err != nil {
		return err
	}
	if err := i.makeJar(ctx, dir); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	source := filepath.Join(dir, "MakeAccounts.java")
	if err := os.WriteFile(source, makeAccounts, 0o644); err != nil {
		return err
	}
	master := filepath.Join(dir, accountDir)
	if err := mustRun(ctx, nil, i.java("java"), "--enable-native-access=ALL-UNNAMED", "-cp", i.ClassPath(), source,
		master, seed, strconv.Itoa(accounts), strconv.Itoa(contacts)); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	return i.train(ctx, dir, authority)
}

// makeJar compiles the agent and packs it with the trust store.
func (i *Install) makeJar(ctx context.Context, dir string) error {
	source := filepath.Join(dir, "OfflineAgent.java")
	if err := os.WriteFile(source, offlineAgent, 0o644); err != nil {
		return err
	}
	if err := mustRun(ctx, nil, i.java("javac"), "-d", dir, source); err != nil {
		return err
	}
	provider, err := filepath.Glob(filepath.Join(i.Dir, "lib", "bcprov-*.jar"))
	if err != nil || len(provider) != 1 {
		return fmt.Errorf("signal-cli brings %d BouncyCastle libraries, want 1", len(provider))
	}
	store := filepath.Join(dir, "whisper.store")
	if err := mustRun(ctx, nil, i.java("keytool"), "-importcert", "-noprompt", "-alias", "ca",
		"-file", filepath.Join(dir, "ca.pem"), "-keystore", store, "-storetype", "BKS", "-storepass", "whisper",
		"-providerclass", "org.bouncycastle.jce.provider.BouncyCastleProvider", "-providerpath", provider[0]); err != nil {
		return err
	}
	return writeJar(filepath.Join(dir, offlineJar), [][2]string{
		{"OfflineAgent.class", filepath.Join(dir, "OfflineAgent.class")},
		{storeName, store},
	})
}

// writeJar packs files, pairs of entry name and file name, with the agent's manifest.
func writeJar(name string, files [][2]string) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	defer out.Close()
	jar := zip.NewWriter(out)
	add := func(entry string, content []byte) error {
		w, err := jar.Create(entry)
		if err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	}
	if err := add("META-INF/MANIFEST.MF", []byte("Manifest-Version: 1.0\nPremain-Class: OfflineAgent\n")); err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file[1])
		if err != nil {
			return err
		}
		if err := add(file[0], content); err != nil {
			return err
		}
	}
	return jar.Close()
}
