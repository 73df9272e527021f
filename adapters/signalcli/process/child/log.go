package child

import (
	"log/slog"
	"regexp"
	"time"
)

// LogLine is a line of signal-cli's log.
type LogLine struct {
	Level slog.Level
	// Class is the part of signal-cli that speaks.
	Class, Message string
}

// logLine is `LEVEL Class - message`, with `time [thread]` before it when signal-cli is verbose.
var logLine = regexp.MustCompile(`^(?:\d{4}-\d\d-\d\dT\S+ \[[^\]]*\] )?(TRACE|DEBUG|INFO|WARN|ERROR) +([\w.$]+) - (.*)$`)

var levels = map[string]slog.Level{
	"TRACE": slog.LevelDebug, "DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARN": slog.LevelWarn, "ERROR": slog.LevelError,
}

// ParseLog reads a line in signal-cli's log format; others (stack traces, errors, usage) are none.
func ParseLog(line []byte) (LogLine, bool) {
	m := logLine.FindSubmatch(line)
	if m == nil {
		return LogLine{}, false
	}
	return LogLine{Level: levels[string(m[1])], Class: string(m[2]), Message: string(m[3])}, true
}

// maxLinesPerSecond bounds what a chattering child may write into our log.
const maxLinesPerSecond = 50

// Logger writes the lines of one child's log into ours. It belongs to one goroutine.
type Logger struct {
	log    *slog.Logger
	second time.Time
	lines  int
}

// NewLogger makes a Logger.
func NewLogger(log *slog.Logger) *Logger { return &Logger{log: log} }

// Take writes line, at its own level, when it is in signal-cli's log format, and drops it otherwise. Of messages that are
// not Known, and of debug lines, only the class is written. Past 50 lines in a second the rest of that second is dropped and counted.
func (l *Logger) Take(line []byte) {
	if now := time.Now(); now.Sub(l.second) >= time.Second {
		if l.lines > maxLinesPerSecond {
			l.log.Warn("signal-cli logs too much", "dropped", l.lines-maxLinesPerSecond)
		}
		l.second, l.lines = now, 0
	}
	if l.lines++; l.lines > maxLinesPerSecond {
		return
	}
	entry, ok := ParseLog(line)
	if !ok {
		return
	}
	write := l.log.Debug
	switch entry.Level {
	case slog.LevelInfo:
		write = l.log.Info
	case slog.LevelWarn:
		write = l.log.Warn
	case slog.LevelError:
		write = l.log.Error
	}
	message := "…"
	if entry.Level >= slog.LevelInfo {
		if known, ok := Known(entry.Message); ok {
			message = known
		}
	}
	write("signal-cli: "+message, "class", entry.Class)
}
