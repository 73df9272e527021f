package arch_test

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// defectCount is how many confirmed defects the reference has, numbered from 1 in the contract's list.
const defectCount = 40

// everything are the defects that no single operation shows.
var everything = []string{"/v2/send", "/v1/receive/{number}"}

// defects are the defects of the reference with what each touches: paths of openapi.yaml, or a folder of the
// repository. A number is left out as long as none of that is built, so what is built later demands its tests by itself.
var defects = map[int][]string{
	1:  everything, // answers lost
	2:  everything, // death under parallel load
	3:  everything, // requests in flight hang
	4:  everything, // no time limit
	5:  everything, // panics while the backend is away
	6:  everything, // ends after the backend
	7:  everything, // no HTTP before the backend
	8:  {"adapters/webhook"},
	9:  {"/v1/receive/{number}"},
	10: {"/v1/receive/{number}"},
	11: everything,
	12: {"/v1/receive/{number}"},
	13: {"/v1/configuration/{number}/settings"},
	14: {"/v1/qrcodelink", "/v1/qrcodelink/raw"},
	15: everything,
	16: everything,
	17: {"/v1/accounts", "/v2/send", "/v1/receive/{number}"},
	18: {"/v2/send", "/v1/send", "/v1/register/{number}/verify/{token}", "/v1/contacts/{number}/{recipient}", "/v1/search/{number}"},
	19: {"/v2/send", "/v1/send"},
	20: {"/v1/attachments", "/v1/attachments/{attachment}"},
	21: everything,
	22: {"/v1/groups/{number}/{groupid}", "/v1/profiles/{number}"},
	23: {"/v1/groups/{number}/{groupid}"},
	24: {"/v2/send", "/v1/qrcodelink/raw", "/v1/groups/{number}", "/v1/polls/{number}", "/v1/remote-delete/{number}"},
	25: {"/v1/contacts/{number}"},
	26: {"/v1/groups/{number}"},
	27: {"/v1/receipts/{number}"},
	28: {"/v1/contacts/{number}", "/v1/groups/{number}/{groupid}"},
	29: {"/v2/send", "/v1/groups/{number}", "/v1/remote-delete/{number}"},
	30: {"/v2/send"},
	31: {"/v1/contacts/{number}/{recipient}/avatar"},
	32: {"/v2/send"},
	33: {"/v1/unregister/{number}"},
	34: {"/v2/send", "/v1/send", "/v1/typing-indicator/{number}", "/v1/search/{number}"},
	35: {"/v1/configuration"},
	36: {"/v2/send", "/v1/receive/{number}", "/v1/accounts/{number}/username"},
	37: {"/v2/send"},
	38: {"/v1/receive/{number}"},
	39: {"/v2/send"},
	40: {"/v1/groups/{number}/{groupid}"},
}

var (
	defectTest    = regexp.MustCompile(`^(?:Test)?Defects?(\d+(?:And\d+)*)`)
	defectSubtest = regexp.MustCompile(`^defects? (\d+(?: and \d+)*): `)
	number        = regexp.MustCompile(`\d+`)
)

// Each defect of the reference that touches what is built has a test whose name, or the name of one of its cases, begins with
// the defect's number: TestDefect19…, TestDefect1And2…, "defect 30: …".
func TestEachDefectHasATestNamedAfterIt(t *testing.T) {
	tested, built := testedDefects(t), builtParts(t)
	for n := 1; n <= defectCount; n++ {
		touched, known := defects[n]
		if !known {
			t.Errorf("defect %d is not listed", n)
		}
		if slices.ContainsFunc(touched, built) && len(tested[n]) == 0 {
			t.Errorf("no test is named after defect %d, which touches %v", n, touched)
		}
	}
	for n, where := range tested {
		if _, known := defects[n]; !known {
			t.Errorf("%s is named after defect %d, which there is not", where[0], n)
		}
	}
	if len(defects) != defectCount {
		t.Errorf("%d defects are listed, there are %d", len(defects), defectCount)
	}
}

// testedDefects are the places of tests by the number of the defect in their names.
func testedDefects(t *testing.T) map[int][]string {
	t.Helper()
	tested := map[int][]string{}
	for _, f := range goFiles(t) {
		if !f.isTest() && !strings.HasPrefix(f.name, "test/conformance/") {
			continue
		}
		ast.Inspect(f.ast, func(node ast.Node) bool {
			var found []string
			switch node := node.(type) {
			case *ast.FuncDecl:
				if strings.HasPrefix(node.Name.Name, "Test") {
					found = defectTest.FindStringSubmatch(node.Name.Name)
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(node.Value); node.Kind == token.STRING && err == nil {
					if found = defectSubtest.FindStringSubmatch(text); found == nil {
						found = defectTest.FindStringSubmatch(text)
					}
				}
			}
			if found != nil {
				for _, digits := range number.FindAllString(found[1], -1) {
					n, err := strconv.Atoi(digits)
					if err != nil {
						t.Errorf("%s: %v", f.position(node), err)
					}
					tested[n] = append(tested[n], f.position(node))
				}
			}
			return true
		})
	}
	return tested
}

// builtParts tells whether a path of openapi.yaml or a folder with a Go file is there.
func builtParts(t *testing.T) func(part string) bool {
	t.Helper()
	description, err := os.ReadFile(filepath.Join(root, "adapters", "httpapi", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]bool{}
	for line := range strings.Lines(string(description)) {
		if path, ok := strings.CutPrefix(line, "  /"); ok {
			parts[unnamed("/"+strings.TrimSuffix(strings.TrimSpace(path), ":"))] = true
		}
	}
	for _, f := range goFiles(t) {
		parts[f.dir()] = true
	}
	for _, part := range append(everything, "adapters/httpapi") {
		if !parts[unnamed(part)] {
			t.Fatalf("%s is not found, so nothing can be said of what is built", part)
		}
	}
	return func(part string) bool { return parts[unnamed(part)] }
}

var parameter = regexp.MustCompile(`\{\w+\}`)

// unnamed is a path whatever its parameters are called.
func unnamed(path string) string { return parameter.ReplaceAllString(path, "{}") }
