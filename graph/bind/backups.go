package bind

import (
	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/operations"
)

// Backups and restore drills.
type (
	Backup           = operations.Backup
	BackupConnection = domain.Page[*operations.Backup]
	BackupEdge       = domain.Edge[*operations.Backup]
	BackupFilter     = operations.BackupFilter
	BackupKind       = operations.BackupKind
	BackupState      = operations.BackupState
	BackupReason     = operations.BackupReason

	RestoreDrill           = operations.Drill
	RestoreDrillConnection = domain.Page[*operations.Drill]
	RestoreDrillEdge       = domain.Edge[*operations.Drill]
	RestoreDrillFilter     = operations.DrillFilter
	RestoreDrillState      = operations.DrillState
)

func MarshalBackupID(id domain.BackupID) graphql.Marshaler { return writeID(id) }
func UnmarshalBackupID(v any) (domain.BackupID, error)     { return readID[domain.BackupID](v) }

func MarshalRestoreDrillID(id domain.RestoreDrillID) graphql.Marshaler { return writeID(id) }
func UnmarshalRestoreDrillID(v any) (domain.RestoreDrillID, error) {
	return readID[domain.RestoreDrillID](v)
}

func MarshalBackupKind(v operations.BackupKind) graphql.Marshaler { return writeEnum(v) }
func UnmarshalBackupKind(v any) (operations.BackupKind, error) {
	return readEnum[operations.BackupKind](v)
}

func MarshalBackupState(v operations.BackupState) graphql.Marshaler { return writeEnum(v) }
func UnmarshalBackupState(v any) (operations.BackupState, error) {
	return readEnum[operations.BackupState](v)
}

func MarshalBackupReason(v operations.BackupReason) graphql.Marshaler { return writeEnum(v) }
func UnmarshalBackupReason(v any) (operations.BackupReason, error) {
	return readEnum[operations.BackupReason](v)
}

func MarshalRestoreDrillState(v operations.DrillState) graphql.Marshaler { return writeEnum(v) }
func UnmarshalRestoreDrillState(v any) (operations.DrillState, error) {
	return readEnum[operations.DrillState](v)
}
