//go:build !linux

package store

import (
	"errors"
	"time"
)

const canMeasure = false

func processorTime(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

func threadsTime(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

func residentMemory(int) (int, error) { return 0, errors.ErrUnsupported }
