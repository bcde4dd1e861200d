package users

import (
	"context"
	"slices"
	"time"

	"lyceum/domain"
)

// adminRole is the role of administrators, of whom one must stay.
const adminRole = "admin"

// maxRole is how long the name of a role is at most.
const maxRole = 39

// AssignRoleCommand gives a role to a user.
type AssignRoleCommand struct {
	IdempotencyKey string `json:"-"`
	UserID         domain.UserID
	Role           string
	ExpiresAt      *time.Time // nil: until it is withdrawn
}

// WithdrawRoleCommand takes a role from a user.
type WithdrawRoleCommand struct {
	IdempotencyKey string `json:"-"`
	UserID         domain.UserID
	Role           string
}

// AssignRole gives a role that holds no permission which the viewer lacks; whoever has it already has it to the new end. Needs
// roles.assign. Errors: FORBIDDEN, INVALID (DATES_REVERSED), NOT_FOUND, REFUSED (MORE_RIGHTS, LAST_ADMINISTRATOR, WRONG_STATUS), CONFLICT
// (IDEMPOTENCY_KEY_REUSED).
func (s Service) AssignRole(ctx context.Context, viewer domain.Viewer, c AssignRoleCommand) (*RoleAssignment, error) {
	if err := allowed(viewer, domain.RolesAssign); err != nil {
		return nil, err
	}
	var made *RoleAssignment
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		made, err = domain.Once(ctx, tx, viewer.UserID, "assignRole", c.IdempotencyKey, c, func() (*RoleAssignment, error) {
			if c.ExpiresAt != nil && !c.ExpiresAt.After(s.Clock()) {
				return nil, domain.Errorf(domain.CodeInvalid, "expiresAt must be in the future").Because("DATES_REVERSED").At("expiresAt")
			}
			if err := holdRoles(ctx, tx, viewer); err != nil {
				return nil, err
			}
			u, err := tx.LockUser(ctx, c.UserID)
			if err != nil {
				return nil, pointedAt(err, "userId")
			}
			if err := notClosed(u); err != nil {
				return nil, err
			}
			if c.Role == adminRole && c.ExpiresAt != nil {
				if err := keepsAnAdmin(ctx, tx, u.ID); err != nil {
					return nil, pointedAt(err, "expiresAt")
				}
			}
			a, err := s.give(ctx, tx, viewer, u.ID, c.Role, c.ExpiresAt)
			if err == nil {
				err = s.inviteHolder(ctx, tx, viewer, u)
			}
			return a, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// inviteHolder sends a pending user who now has a role the link to choose a password, when somebody has registered the account: perhaps
// not the reader of the address, so that the password of the registration must not open a role.
func (s Service) inviteHolder(ctx context.Context, tx Tx, viewer domain.Viewer, u *User) error {
	known, err := accountOf(ctx, tx, u)
	if err != nil || known == nil || known.AccountStatus != StatusPending || !known.HasPassword {
		return err
	}
	if err := forgetUnproved(ctx, tx, known); err != nil {
		return err
	}
	inviter, err := inviterOf(ctx, tx, viewer)
	if err != nil {
		return err
	}
	return s.sendLink(ctx, tx, u, invitationBy(u, inviter))
}

// accountOf reads what the graph does not show of a user; nil when their account is closed.
func accountOf(ctx context.Context, tx Tx, u *User) (*Account, error) {
	address, err := domain.ParseAddress(u.Email)
	if err != nil {
		return nil, err
	}
	return tx.Known(ctx, address.Key)
}

// give assigns a role. Errors: NOT_FOUND, REFUSED (MORE_RIGHTS).
func (s Service) give(ctx context.Context, tx Tx, viewer domain.Viewer, to domain.UserID, name string, until *time.Time,
) (*RoleAssignment, error) {
	role, err := roleNamed(ctx, tx, name)
	if err != nil {
		return nil, err
	}
	if !covers(viewer.Permissions, role.Permissions()) {
		return nil, domain.Errorf(domain.CodeRefused, "this role has permissions that you lack").Because("MORE_RIGHTS").At("role")
	}
	// Whoever may give roles for a while must not make that last, neither for themselves nor by somebody else.
	if viewer.Is(to) || viewer.SignedIn() && slices.Contains(role.Permissions(), domain.RolesAssign) {
		if err := notLonger(ctx, tx, viewer, role, until); err != nil {
			return nil, err
		}
	}
	a := &RoleAssignment{UserID: to, RoleID: role.ID, GrantedAt: s.Clock(), ExpiresAt: until}
	if viewer.SignedIn() {
		a.GrantedBy = &viewer.UserID
	}
	if err := tx.GiveRole(ctx, a); err != nil {
		return nil, err
	}
	event := by(viewer, "role_assigned", to)
	event.Warning = name == adminRole
	return a, tx.AddUserEvent(ctx, event)
}

// notLonger lets nobody who holds permissions for a while give a role that keeps them longer. Errors: REFUSED (MORE_RIGHTS).
func notLonger(ctx context.Context, tx Tx, viewer domain.Viewer, role *Role, until *time.Time) error {
	end, err := tx.PermissionsEnd(ctx, viewer.UserID, role.Permissions())
	if err == nil && end != nil && (until == nil || until.After(*end)) {
		err = domain.Errorf(domain.CodeRefused, "you hold the permissions of this role for a while only; give it no later end").
			Because("MORE_RIGHTS").At("expiresAt")
	}
	return err
}

func roleNamed(ctx context.Context, tx Tx, name string) (*Role, error) {
	if len(name) > maxRole {
		return nil, domain.Errorf(domain.CodeNotFound, "there is no such role").At("role")
	}
	role, err := tx.RoleByName(ctx, name)
	return role, pointedAt(err, "role")
}

// WithdrawRole takes a role, with effect on the user's next request. Who does not have it keeps not having it. Needs roles.assign, and
// all permissions of the role, unless it is the viewer's own. Errors: FORBIDDEN, NOT_FOUND, REFUSED (MORE_RIGHTS, LAST_ADMINISTRATOR),
// CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) WithdrawRole(ctx context.Context, viewer domain.Viewer, c WithdrawRoleCommand) (domain.UserID, error) {
	if err := allowed(viewer, domain.RolesAssign); err != nil {
		return domain.UserID{}, err
	}
	return s.once(ctx, viewer, "withdrawRole", c.IdempotencyKey, c, func(tx Tx) (domain.UserID, error) {
		return c.UserID, s.withdraw(ctx, tx, viewer, c)
	})
}

func (s Service) withdraw(ctx context.Context, tx Tx, viewer domain.Viewer, c WithdrawRoleCommand) error {
	if err := holdRoles(ctx, tx, viewer); err != nil {
		return err
	}
	if _, err := tx.LockUser(ctx, c.UserID); err != nil {
		return pointedAt(err, "userId")
	}
	role, err := roleNamed(ctx, tx, c.Role)
	if err != nil {
		return err
	}
	if !viewer.Is(c.UserID) && !covers(viewer.Permissions, role.Permissions()) {
		return domain.Errorf(domain.CodeRefused, "this role has permissions that you lack").Because("MORE_RIGHTS").At("role")
	}
	if role.Name == adminRole {
		if err := keepsAnAdmin(ctx, tx, c.UserID); err != nil {
			return pointedAt(err, "role")
		}
	}
	had, err := tx.TakeRole(ctx, c.UserID, role.ID)
	if err != nil || !had {
		return err
	}
	return tx.AddUserEvent(ctx, by(viewer, "role_withdrawn", c.UserID))
}
