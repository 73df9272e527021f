package realcli

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
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
	offlineJar = "offline.jar" // agent, trust store and native library, for the boot class path
	accountDir = "accounts"    // the data directory that tests copy, used once
	serverFile = "server.json" // what its accounts have uploaded
	archive    = "classes.jsa" // class data, which halves the start of the JVM
)

// storeName is where signal-cli looks for the authorities that it trusts.
const storeName = "org/asamk/signal/manager/config/whisper.store"

// partnerRevision changes when the code below makes something else of the same sources.
const partnerRevision = 4

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

// makeJar compiles the agent and packs it with the trust store and the native
// library, both of which signal-cli looks up on the boot class path first.
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
	files, err := readFiles(map[string]string{
		"OfflineAgent.class": filepath.Join(dir, "OfflineAgent.class"),
		storeName:            store,
	})
	if err != nil {
		return err
	}
	if runtime.GOOS == "linux" {
		if files[nativeName], err = i.nativeLibrary(); err != nil {
			return err
		}
	}
	return writeJar(filepath.Join(dir, offlineJar), files)
}

func readFiles(names map[string]string) (files map[string][]byte, err error) {
	files = map[string][]byte{}
	for entry, name := range names {
		if files[entry], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// writeJar packs files, by entry name, with the agent's manifest and without compression.
func writeJar(name string, files map[string][]byte) error {
	var out bytes.Buffer
	jar := zip.NewWriter(&out)
	files["META-INF/MANIFEST.MF"] = []byte("Manifest-Version: 1.0\nPremain-Class: OfflineAgent\n")
	for _, entry := range slices.Sorted(maps.Keys(files)) {
		w, err := jar.CreateHeader(&zip.FileHeader{Name: entry, Method: zip.Store})
		if err != nil {
			return err
		}
		if _, err := w.Write(files[entry]); err != nil {
			return err
		}
	}
	if err := jar.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}
