package config

import (
	"errors"
	"time"

	"github.com/robfig/cron/v3"
)

// ParseSchedule reads a cron line of five fields, minute, hour, day of month, month, day of week,
// and gives the function from a time to the next one of the schedule.
func ParseSchedule(line string) (next func(time.Time) time.Time, err error) {
	fields := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	schedule, err := fields.Parse(line)
	if err != nil {
		return nil, errors.New("must be a cron line of five fields, such as 0 22 * * *")
	}
	return schedule.Next, nil
}

func checkSchedule(line string) error {
	if line == "" {
		return nil
	}
	_, err := ParseSchedule(line)
	return err
}
