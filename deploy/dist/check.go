package main

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"fmt"
)

// check reads a program's file, and says why it is none for a system, or not whole in
// itself.
func check(binary string, t target) error {
	switch t.os {
	case "linux":
		return checkELF(binary, map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[t.arch])
	case "darwin":
		return checkMachO(binary, map[string]macho.Cpu{"amd64": macho.CpuAmd64, "arm64": macho.CpuArm64}[t.arch])
	case "windows":
		return checkPE(binary, map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64}[t.arch])
	}
	return fmt.Errorf("%s has no check", t)
}

// checkELF wants a static program: it runs on any Linux, whichever its C library is.
func checkELF(binary string, machine elf.Machine) error {
	f, err := elf.Open(binary)
	if err != nil {
		return err
	}
	defer f.Close()
	needs, err := f.ImportedLibraries()
	if err != nil {
		return err
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			needs = append(needs, "a dynamic linker")
		}
	}
	if f.Machine != machine || f.Type != elf.ET_EXEC || len(needs) > 0 {
		return fmt.Errorf("an ELF file for %s, %s, which needs %q: want a static program for %s", f.Machine, f.Type, needs, machine)
	}
	return nil
}

func checkMachO(binary string, cpu macho.Cpu) error {
	f, err := macho.Open(binary)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Cpu != cpu || f.Type != macho.TypeExec {
		return fmt.Errorf("a Mach-O file for %s, %s: want a program for %s", f.Cpu, f.Type, cpu)
	}
	return nil
}

func checkPE(binary string, machine uint16) error {
	f, err := pe.Open(binary)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Machine != machine || f.Characteristics&pe.IMAGE_FILE_EXECUTABLE_IMAGE == 0 {
		return fmt.Errorf("a PE file for machine %#x: want a program for %#x", f.Machine, machine)
	}
	return nil
}
