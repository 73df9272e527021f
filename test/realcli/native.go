package realcli

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
)

// nativeName is the entry of libsignal's native library for Linux. signal-cli
// unpacks it at each start; 110 of its 126 MB are debug information, and
// inflating them takes a second.
const nativeName = "libsignal_jni_amd64.so"

// nativeLibrary reads the native library from signal-cli's jars, without what
// is never loaded.
func (i *Install) nativeLibrary() ([]byte, error) {
	jars, err := filepath.Glob(filepath.Join(i.Dir, "lib", "libsignal-client-*.jar"))
	if err != nil || len(jars) != 1 {
		return nil, fmt.Errorf("signal-cli brings %d libsignal libraries, want 1", len(jars))
	}
	jar, err := zip.OpenReader(jars[0])
	if err != nil {
		return nil, err
	}
	defer jar.Close()
	entry, err := jar.Open(nativeName)
	if err != nil {
		return nil, err
	}
	defer entry.Close()
	library, err := io.ReadAll(entry)
	if err != nil {
		return nil, err
	}
	return loadable(library)
}

// loadable cuts a 64-bit ELF file behind its last segment. The section headers,
// which only tools read, go with the sections.
func loadable(library []byte) ([]byte, error) {
	file, err := elf.NewFile(bytes.NewReader(library))
	if err != nil {
		return nil, err
	}
	if file.Class != elf.ELFCLASS64 || file.ByteOrder != binary.LittleEndian {
		return nil, fmt.Errorf("%s is %v, %v", nativeName, file.Class, file.Data)
	}
	var end uint64
	for _, segment := range file.Progs {
		end = max(end, segment.Off+segment.Filesz)
	}
	if end > uint64(len(library)) {
		return nil, fmt.Errorf("%s ends within a segment", nativeName)
	}
	var header elf.Header64
	if err := binary.Read(bytes.NewReader(library), binary.LittleEndian, &header); err != nil {
		return nil, err
	}
	header.Shoff, header.Shnum, header.Shstrndx = 0, 0, 0
	var cut bytes.Buffer
	if err := binary.Write(&cut, binary.LittleEndian, header); err != nil {
		return nil, err
	}
	cut.Write(library[cut.Len():end])
	return cut.Bytes(), nil
}
