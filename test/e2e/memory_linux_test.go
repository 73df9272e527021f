package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	// largestInCall is the largest attachment that travels inside of a call, where no disk is shared.
	largestInCall = 14_999_001
	// maxGrowth is what the memory of a gateway may grow by while such a file goes through it, in KiB.
	maxGrowth = 16 << 10
)

// sizes are those of an attachment, in bytes, and of one that travels inside of a call; multiples of 3, which base64 has
// without padding. The race detector takes ten times the time, and several times the memory, so they are less there.
func sizes() (large, inCall int64) {
	if raceFlag == "-race" {
		return 30_000_000, 3_000_000
	}
	return 100_000_002, largestInCall
}

// An attachment of 100 MB goes through the gateway in a few MB of memory, in every form there is. With -v this tells
// the peak of the resident memory; without -race it is that of the program as it is built.
func TestLargeAttachmentsTakeBoundedMemory(t *testing.T) {
	largeFile, inCall := sizes()
	socket := simulated(t, "unix://"+socketPath(t), "manual")
	for name, c := range map[string]struct {
		transfer  func(t *testing.T, g gateway)
		files     string // how they reach signal-cli
		maxGrowth int    // in KiB
	}{
		"sent as JSON":           {sendAsJSON(largeFile, http.StatusCreated), "path", maxGrowth},
		"uploaded as a form":     {uploadForm(largeFile), "path", maxGrowth},
		"uploaded as a body":     {uploadBody(largeFile), "path", maxGrowth},
		"uploaded and cut short": {uploadCutShort(largeFile), "path", maxGrowth},
		"fetched":                {fetch(largeFile, ""), "path", maxGrowth},
		"fetched in parts":       {fetch(2000, "bytes=1000-1999,20000000-20000999"), "path", maxGrowth},
		"too large for a call":   {sendAsJSON(largeFile, http.StatusRequestEntityTooLarge), "data", maxGrowth},
		"inside a call":          {sendAsJSON(inCall, http.StatusCreated), "data", 5 * largestInCall >> 10},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			received := filepath.Join(data, "attachments", "large.bin")
			if err := os.MkdirAll(filepath.Dir(received), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(received, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(received, largeFile); err != nil {
				t.Fatal(err)
			}
			g := serve(t, "MODE=json-rpc", "HELIOGRAPH_SIGNAL_CLI_ADDRESS="+socket, "HELIOGRAPH_DATA_DIR="+filepath.Join(data, "gateway"), "SIGNAL_CLI_CONFIG_DIR="+data, "HELIOGRAPH_SIGNAL_CLI_FILES="+c.files)
			awaitHealthy(t, g)
			before := g.peakMemory(t)
			c.transfer(t, g)
			after := g.peakMemory(t)
			t.Logf("peak of resident memory: %.1f MB, before: %.1f MB", float64(after)/1024, float64(before)/1024)
			if after-before > c.maxGrowth {
				t.Errorf("it grew by %d KiB", after-before)
			}
		})
	}
}

// peakMemory is the most memory that was resident so far, in KiB.
func (g gateway) peakMemory(t testing.TB) int { return g.memory(t, "VmHWM:") }

// memory is what the system says of the process under a name, in KiB.
func (g gateway) memory(t testing.TB, name string) int {
	t.Helper()
	status, err := os.Open(fmt.Sprintf("/proc/%d/status", g.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer status.Close() //nolint:errcheck // it was read
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name); ok {
			kib, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kib
		}
	}
	t.Fatal("the system does not tell the memory")
	return 0
}

// same is content without end; zeros are the letter A in base64.
type same byte

func (s same) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s)
	}
	return len(p), nil
}

// stream posts a body of unknown length and gives status and answer.
func (g gateway) stream(t *testing.T, path, contentType string, body io.Reader) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(within(t), http.MethodPost, g.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	return g.do(t, request)
}

func sendAsJSON(size int64, want int) func(t *testing.T, g gateway) {
	return func(t *testing.T, g gateway) {
		body := io.MultiReader(strings.NewReader(`{"number":"+15550100001","recipients":["+15550100002"],"message":"large","base64_attachments":["`),
			io.LimitReader(same('A'), size/3*4), strings.NewReader(`"]}`))
		if status, answer := g.stream(t, "/v2/send", "application/json", body); status != want {
			t.Fatalf("%d %s", status, answer)
		}
	}
}

func uploadForm(size int64) func(t *testing.T, g gateway) {
	return func(t *testing.T, g gateway) {
		body := io.MultiReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.bin\"\r\n\r\n"),
			io.LimitReader(same(0), size), strings.NewReader("\r\n--x--\r\n"))
		sendUpload(t, g, "multipart/form-data; boundary=x", body, size)
	}
}

func uploadBody(size int64) func(t *testing.T, g gateway) {
	return func(t *testing.T, g gateway) {
		sendUpload(t, g, "application/octet-stream", io.LimitReader(same(0), size), size)
	}
}

// sendUpload uploads content and sends it twice.
func sendUpload(t *testing.T, g gateway, contentType string, body io.Reader, size int64) {
	t.Helper()
	status, answer := g.stream(t, "/v1/attachments?filename=large.bin", contentType, body)
	var upload struct {
		ID   string
		Size int64
	}
	if err := json.Unmarshal([]byte(answer), &upload); status != http.StatusCreated || err != nil || upload.Size != size {
		t.Fatalf("%d %s %v", status, answer, err)
	}
	for range 2 {
		g.send(t, map[string]any{"number": "+15550100001", "recipients": []string{"+15550100002"}, "attachment_ids": []string{upload.ID}})
	}
}

// uploadCutShort ends in the middle of a form.
func uploadCutShort(size int64) func(t *testing.T, g gateway) {
	return func(t *testing.T, g gateway) {
		body := io.MultiReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.bin\"\r\n\r\n"),
			io.LimitReader(same(0), size))
		if status, answer := g.stream(t, "/v1/attachments", "multipart/form-data; boundary=x", body); status != http.StatusBadRequest {
			t.Errorf("%d %s", status, answer)
		}
	}
}

func fetch(least int64, parts string) func(t *testing.T, g gateway) {
	return func(t *testing.T, g gateway) {
		request, err := http.NewRequestWithContext(within(t), http.MethodGet, g.url+"/v1/attachments/large.bin", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if parts != "" {
			request.Header.Set("Range", parts)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close() //nolint:errcheck // it was read
		if n, err := io.Copy(io.Discard, response.Body); response.StatusCode/100 != 2 || n < least || err != nil {
			t.Errorf("%d, %d bytes, %v", response.StatusCode, n, err)
		}
	}
}
