namespace Hutch.Zone.Authorization;

/// <summary>
/// The rules of authorization, as pure functions of the caller, the target and the operation. They are the only place in Hutch that
/// decides. Everything that no rule allows is refused.
/// </summary>
internal static class AuthorizationRules
{
    /// <summary>Decides about a dataset. A missing dataset (null) and one that the caller may not view give the same answer.</summary>
    /// <param name="where">
    /// The path that the operation is about. Without one it is about the whole dataset, which no key of a folder reaches.
    /// </param>
    public static Result<Access> OnDataset(
        Caller caller, DatasetAccess? facts, DatasetId asked, Operation operation, DateTimeOffset now, AskedPath where)
    {
        Result<Access> access = OnWhole(caller, facts, asked, operation, now);
        if (!access.IsOk || !caller.Scope.IsNarrowed)
        {
            return access;
        }

        if (operation.MakesCredential)
        {
            return TooNarrow(operation);
        }

        return where.FindRefusal(caller.Scope, operation) is { } outside ? outside : access;
    }

    private static Result<Access> OnWhole(Caller caller, DatasetAccess? facts, DatasetId asked, Operation operation, DateTimeOffset now)
    {
        Check(operation, OperationTarget.Dataset);
        if (facts is null)
        {
            return Unseen(caller, asked);
        }

        Rights rights = facts.RightsOf(caller, now, out Rights given);
        bool reached = caller.Scope.Reaches(facts.Name.Dataset);
        bool roleCounts = reached && caller.Scope.Carries(TokenScopes.Admin);
        RoleSet roles = operation.IsOfSite ? caller.Roles : facts.RolesOf(caller);
        bool seen = rights.Includes(Rights.View) || (roleCounts && roles.Intersects(Operation.DatasetView.Roles));
        if (!seen)
        {
            return Unseen(caller, asked);
        }

        if (!facts.IsWithin(caller.Scope) && !IsOpenTo(facts, operation, now))
        {
            return TooFar(facts, operation);
        }

        bool owner = facts.IsOwnedBy(caller);
        bool byRight = !operation.IsOfSite && rights.Includes(operation.Right) && (!operation.OwnerOnly || owner);
        bool byRole = roles.Intersects(operation.Roles);
        if (given.Includes(Rights.Derive) && facts.IsTooLateFor(operation, now) && !(byRole && roleCounts))
        {
            return TooLate(facts, operation);
        }

        if ((byRight && caller.Scope.Carries(operation.Scope, facts.Name.Dataset)) || (byRole && roleCounts))
        {
            return new Access(facts.Name, rights, owner, given);
        }

        if (byRight && caller.Scope.Carries(operation.Scope))
        {
            return OnlyInput(facts, operation);
        }

        if (byRight)
        {
            return ScopeMissing(caller, operation, operation.Scope);
        }

        return byRole ? ScopeMissing(caller, operation, TokenScopes.Admin) : RightMissing(caller, facts, operation, rights);
    }

    /// <summary>Decides about a group. Every account may know that a group exists.</summary>
    public static Result<Done> OnGroup(Caller caller, PrincipalRecord group, Operation operation)
    {
        Check(operation, OperationTarget.Group);
        if (NoAccount(caller, operation) is HutchError refused)
        {
            return refused;
        }

        bool byMembership = operation.ManagersOnly ? caller.Manages(group.Id) : caller.IsMemberOf(group.Id);
        bool byRole = caller.Roles.Intersects(operation.Roles);
        if ((byMembership && caller.Scope.Carries(operation.Scope)) || (byRole && caller.Scope.Carries(TokenScopes.Admin)))
        {
            return Done.Value;
        }

        if (byMembership || byRole)
        {
            return ScopeMissing(caller, operation, byMembership ? operation.Scope : TokenScopes.Admin);
        }

        string who = operation.ManagersOnly ? "manager" : "member";
        return ErrorCode.Forbidden.With(
            $"To {operation.Summary} '{group.Name}', you must be its {who}. Ask one of its managers.", "missingRole", "group-" + who);
    }

    public static Result<Done> OnRest(Caller caller, Operation operation)
    {
        if (operation.Target is not (OperationTarget.Account or OperationTarget.Installation))
        {
            throw new ArgumentException($"{operation.Name} is about a {operation.Target}: name it.", nameof(operation));
        }

        if (operation == Operation.MeRead && caller.Kind is CallerKind.Link or CallerKind.Screen or CallerKind.Partner)
        {
            return Done.Value;
        }

        if (NoAccount(caller, operation) is HutchError refused)
        {
            return refused;
        }

        bool allowed = operation.Target == OperationTarget.Account || caller.Roles.Intersects(operation.Roles);
        if (!allowed)
        {
            return RoleMissing(operation);
        }

        return caller.Scope.Carries(operation.Scope) ? Done.Value : ScopeMissing(caller, operation, operation.Scope);
    }

    private static HutchError? NoAccount(Caller caller, Operation operation)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return ErrorCode.Unauthenticated.With($"To {operation.Summary}, you must be logged in.");
        }

        if (caller.Kind == CallerKind.Link)
        {
            return ErrorCode.Forbidden.With(
                $"A share link opens only one dataset. To {operation.Summary}, log in with a token.");
        }

        if (caller.Kind == CallerKind.Screen)
        {
            return ErrorCode.Forbidden.With(
                $"This token shows the running visit of an instrument. To {operation.Summary}, log in.");
        }

        if (caller.Kind == CallerKind.Partner)
        {
            return ErrorCode.Forbidden.With(
                $"A token of a partner only reads what a rule gives. To {operation.Summary}, log in with an account.");
        }

        // A restricted token is limited to its datasets, and any other operation could reach others. Identifying the caller reaches none.
        if (operation.Scope == TokenScopes.None)
        {
            return null;
        }

        if (caller.Scope.IsNarrowed && operation.MakesCredential)
        {
            return TooNarrow(operation);
        }

        if (caller.Scope.Datasets is not null)
        {
            return ErrorCode.ScopeMissing.With(
                $"This token is restricted to some datasets. To {operation.Summary}, use one that is not.", "missingScope", "unrestricted");
        }

        if (caller.IsConfined)
        {
            return ErrorCode.ScopeMissing.With(
                $"This login is for the data at its site. To {operation.Summary}, log in at the zone.", "missingScope", "unrestricted");
        }

        return null;
    }

    /// <summary>Returns true if every reader may perform an operation, so that no scope of a person keeps a site from it.</summary>
    private static bool IsOpenTo(DatasetAccess facts, Operation operation, DateTimeOffset now) =>
        operation is { IsOfSite: false, OwnerOnly: false, Scope: TokenScopes.Read }
        && facts.Name.Visibility.At(now).WithImplied().Includes(operation.Right);

    private static HutchError TooFar(DatasetAccess facts, Operation operation) => (ErrorCode.ScopeMissing with
    {
        Advice = "Use the dataset at a site that has it, ask for a copy, or allow more at the zone: *Profile*, "
            + "*Sites that may log you in*.",
    }).With(
        $"To {operation.Summary}, this login does not suffice: it reaches what is at home or copied at its site, and {facts.Name.FullName} "
        + "is not.",
        "missingScope", "unrestricted");

    private static HutchError TooNarrow(Operation operation) => ErrorCode.NarrowedKey.With(
        $"To {operation.Summary}, use a token: what this key makes would outlive its restrictions.");

    internal static HutchError Unseen(Caller caller, DatasetId asked) => caller.Kind == CallerKind.Anonymous
        ? ErrorCode.Unauthenticated.With("There are no public datasets here. Log in to see those shared with you.")
        : ErrorCode.NotVisible.With($"There is no dataset {asked} that you can see.");

    private static HutchError ScopeMissing(Caller caller, Operation operation, TokenScopes scope)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return ErrorCode.Unauthenticated.With($"To {operation.Summary}, you must be logged in.");
        }

        string missing = new TokenScope(scope & ~caller.Scope.Scopes).ToString();
        return ErrorCode.ScopeMissing.With(
            $"You may {operation.Summary}, but this token lacks the scope '{missing}'.", "missingScope", missing);
    }

    private static HutchError TooLate(DatasetAccess facts, Operation operation) => (ErrorCode.Forbidden with
    {
        Advice = "Derive a dataset from it to continue, or ask an administrator to change the end of the visit.",
    }).With(
        $"To {operation.Summary} is too late: the visit {facts.Visit!.Name} ended at {Display.Minute(facts.Visit.End)}. "
        + "Its datasets can be read and derived from, but not changed.");

    private static HutchError OnlyInput(DatasetAccess facts, Operation operation) => ErrorCode.ScopeMissing.With(
        $"You may {operation.Summary}, but this token is for a step that only reads {facts.Name.FullName}.",
        "missingScope", "unrestricted");

    private static HutchError RoleMissing(Operation operation)
    {
        string roles = operation.Roles.Count == 1 ? $"the role {operation.Roles}" : $"one of the roles {operation.Roles}";
        return ErrorCode.Forbidden.With($"To {operation.Summary}, you need {roles}.", "missingRole", operation.Roles.ToString());
    }

    private static HutchError RightMissing(Caller caller, DatasetAccess facts, Operation operation, Rights has)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return ErrorCode.Unauthenticated.With(
                $"To {operation.Summary}, you must be logged in"
                + (operation.IsOfSite ? "." : $" and have the right '{operation.Right.ToName()}'."));
        }

        if (operation.IsOfSite)
        {
            return RoleMissing(operation);
        }

        string name = facts.Name.FullName;
        if (operation.OwnerOnly)
        {
            return ErrorCode.Forbidden.With(
                $"Only the owner of {name} may {operation.Summary}; you have the right '{has.ToName()}'.", "missingRight", "owner");
        }

        string right = operation.Right.ToName();
        return ErrorCode.Forbidden.With(
            $"To {operation.Summary}, you need the right '{right}' on {name}; you have '{has.ToName()}'.", "missingRight", right);
    }

    private static void Check(Operation operation, OperationTarget target)
    {
        if (operation.Target != target)
        {
            throw new ArgumentException($"{operation.Name} is about a {operation.Target}, not a {target}.", nameof(operation));
        }
    }
}
