package backup

import (
	"encoding/binary"
	"regexp"
	"strconv"
)

// PageSize is that of the tables' pages in bytes. Servers that were built with another one are refused.
const PageSize = 8192

// blocksPerFile is how many pages a file of a table has before the next file begins.
const blocksPerFile = 1 << 30 / PageSize

// relationFile is a file of a table or an index, whose pages have checksums, in a folder of databases.
var relationFile = regexp.MustCompile(`^(?:global|base/\d+)/\d+(?:_(?:fsm|vm|init))?(?:\.(\d+))?$`)

// firstBlock is the number of the first page in a file of a relation; ok is false for other files.
func firstBlock(path string) (block uint32, ok bool) {
	m := relationFile.FindStringSubmatch(path)
	if m == nil {
		return 0, false
	}
	segment, _ := strconv.ParseUint(m[1], 10, 32) // none is the first
	return uint32(segment * blocksPerFile), true  //nolint:gosec // PostgreSQL counts pages in 32 bits
}

// The checksum is that of PostgreSQL's storage/checksum_impl.h: 32 FNV-1a sums side by side.
const (
	sums     = 32
	fnvPrime = 16777619
)

var offsets = [sums]uint32{
	0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
	0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
	0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
	0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
}

func mix(sum, value uint32) uint32 {
	t := sum ^ value
	return t*fnvPrime ^ t>>17
}

// Checksum is what a page that stands at a block number must say of itself.
func Checksum(page []byte, block uint32) uint16 {
	state := offsets
	for row := 0; row < PageSize; row += 4 * sums {
		for j := range state {
			value := binary.NativeEndian.Uint32(page[row+4*j:])
			if row == 0 && j == 2 {
				value &^= fieldOfSum // the sum itself counts as zero
			}
			state[j] = mix(state[j], value)
		}
	}
	result := uint32(0)
	for j := range state {
		result ^= mix(mix(state[j], 0), 0)
	}
	return uint16((result^block)%65535 + 1)
}

// fieldOfSum are the bits of a page's third word in which its checksum stands.
var fieldOfSum = binary.NativeEndian.Uint32([]byte{0xff, 0xff, 0, 0})

type verdict int

const (
	pageGood    verdict = iota
	pageNewer           // written after the copy began: the log brings it back whole
	pageDamaged         // nothing brings it back
)

// judge judges a page of a copy that began at from and, if until is not 0, ended there.
func judge(page []byte, block uint32, from, until LSN) verdict {
	high, low := binary.NativeEndian.Uint32(page), binary.NativeEndian.Uint32(page[4:])
	upper := binary.NativeEndian.Uint16(page[14:])
	at := LSN(uint64(high)<<32 | uint64(low))
	switch {
	case upper == 0: // a page that was never used
		return pageGood
	case until != 0 && at > until:
		return pageDamaged // it says that it was written after the end
	case at >= from:
		return pageNewer
	case binary.NativeEndian.Uint16(page[8:]) != Checksum(page, block):
		return pageDamaged
	}
	return pageGood
}
