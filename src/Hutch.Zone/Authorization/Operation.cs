namespace Hutch.Zone.Authorization;

/// <summary>
/// An operation of Hutch. The list is closed: every door names one of the static members here, and <c>docs/reference/rights.md</c> is
/// generated from them. Everything that no rule allows is refused.
/// </summary>
public sealed record Operation
{
    internal const string RefusedLogin = "session.refused";

    private Operation(string name, OperationTarget target, string summary)
    {
        Name = name;
        Target = target;
        Summary = summary;
    }

    /// <summary>The stable name, which is also the action in the audit.</summary>
    public string Name { get; }

    public OperationTarget Target { get; }

    /// <summary>The effect, in a few words that follow "to".</summary>
    public string Summary { get; }

    public Rights Right { get; private init; }

    /// <summary>True if the right on a dataset must come from ownership (the owner, or a manager of the owning group).</summary>
    public bool OwnerOnly { get; private init; }

    /// <summary>True if the operator of the site decides about a dataset, regardless of rights and of its home.</summary>
    public bool IsOfSite { get; private init; }

    /// <summary>True if only managers of a group may do it, not every member.</summary>
    public bool ManagersOnly { get; private init; }

    /// <summary>The scope that the token must carry when a right allows the operation. None for an operation open to every token.</summary>
    public TokenScopes Scope { get; private init; }

    /// <summary>True if it changes the content or description of a dataset, which no read-only site does.</summary>
    public bool ChangesContent =>
        this == EntryWrite || this == SnapshotCreate || this == MetadataEdit || this == TagChange || this == DatasetEdit
        || this == DatasetClose || this == DatasetKeep;

    /// <summary>
    /// True if it makes a credential, or a rule that acts for the caller, which would not end with a narrowed key. No narrowed key does it.
    /// </summary>
    public bool MakesCredential =>
        this == LinkCreate || this == InviteCreate || this == GroupInvite || this == InviteAccept || this == TokenCreate
        || this == TokenNarrow || this == LoginLinkOwn || this == ConsentGive || this == PasswordChange || this == ProgramSwitch
        || this == GrantChange || this == OwnerChange || this == OfferAnswer || this == AccessAnswer;

    /// <summary>The roles that allow it regardless of rights; the token must then carry the scope <c>admin</c>.</summary>
    public RoleSet Roles { get; private init; }

    // Datasets: rights.

    /// <summary>See the dataset, its record, its owner.</summary>
    public static readonly Operation DatasetView = OnDataset(
        "dataset.view", Rights.View, "see the dataset", Role.SiteAdmin, Role.Administrator);

    /// <summary>Read the metadata document and its history.</summary>
    public static readonly Operation MetadataRead = OnDataset(
        "metadata.read", Rights.View, "read the metadata", Role.SiteAdmin, Role.Administrator);

    /// <summary>See snapshots, events, runs and lineage.</summary>
    public static readonly Operation HistoryRead = OnDataset(
        "history.read", Rights.View, "see snapshots, events, runs and lineage", Role.SiteAdmin, Role.Administrator);

    /// <summary>List names, sizes and hashes; compare two versions.</summary>
    public static readonly Operation EntryList = OnDataset("entry.list", Rights.Read, "list files");

    public static readonly Operation EntryRead = OnDataset("entry.read", Rights.Read, "read files");

    /// <summary>Make a dataset derived from it, by hand or by a run.</summary>
    public static readonly Operation DatasetDerive = OnDataset("dataset.derive", Rights.Derive, "derive from the dataset");

    public static readonly Operation RunStop = OnDataset(
        "run.stop", Rights.Manage, "stop runs that read or write the dataset", Role.SiteAdmin, Role.Administrator);

    /// <summary>Put, push and delete files.</summary>
    public static readonly Operation EntryWrite = OnDataset("entry.write", Rights.Write, "change files");

    public static readonly Operation SnapshotCreate = OnDataset("snapshot.create", Rights.Write, "create a snapshot");

    public static readonly Operation MetadataEdit = OnDataset("metadata.edit", Rights.Write, "change the metadata");

    public static readonly Operation TagChange = OnDataset("tag.change", Rights.Manage, "change tags");

    /// <summary>Change slug, title and type.</summary>
    public static readonly Operation DatasetEdit = OnDataset("dataset.edit", Rights.Manage, "rename the dataset");

    /// <summary>See and end unreferenced uploads, including those of other users.</summary>
    public static readonly Operation SentChange = OnDataset("sent.change", Rights.Manage, "see and end what others have sent");

    public static readonly Operation DatasetClose = OnDataset("dataset.close", Rights.Manage, "close the dataset");

    public static readonly Operation DatasetKeep = OnDataset("dataset.keep", Rights.Manage, "keep the temporary dataset");

    public static readonly Operation CopyRead = OnDataset("copy.read", Rights.Read, "see the copies of the dataset");

    public static readonly Operation CopyExplain = OnDataset(
        "copy.explain", Rights.Manage, "see why a copy of the dataset is stalled", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>Restore this site's copy from its trash, or return it to the trash, regardless of the home.</summary>
    public static readonly Operation CopyRestore = OnDataset(
        "copy.restore", Rights.Manage, "restore this site's copy of the dataset", Role.SiteAdmin, Role.Administrator) with
    {
        IsOfSite = true,
        Scope = TokenScopes.Admin,
    };

    public static readonly Operation CopyChange = OnDataset(
        "copy.change", Rights.Manage, "request a copy of the dataset at another site", Role.Administrator);

    public static readonly Operation HomeChange = OnDataset(
        "home.change", Rights.Manage, "move the dataset's home to another site", Role.Administrator);

    /// <summary>Evict the home's bytes that other sites hold, or recall them.</summary>
    public static readonly Operation EvictionChange = OnDataset(
        "eviction.change", Rights.Manage, "evict the dataset's bytes from its home", Role.SiteAdmin, Role.Administrator);

    public static readonly Operation RuleRead = OnDataset(
        "rule.read", Rights.Manage, "see the placement rules of the dataset", Role.Administrator);

    public static readonly Operation RuleChange = OnDataset(
        "rule.change", Rights.Manage, "change the placement rules of the dataset", Role.Administrator);

    /// <summary>Set the end of its files' retention in the facility's folder.</summary>
    public static readonly Operation RetentionChange = OnDataset(
        "retention.change", Rights.Manage, "extend how long files stay at the facility", Role.SiteAdmin, Role.Administrator);

    public static readonly Operation DatasetDelete = OnDataset(
        "dataset.delete", Rights.Manage, "move the dataset to the trash", Role.SiteAdmin, Role.Administrator);

    public static readonly Operation DatasetRestore = OnDataset(
        "dataset.restore", Rights.Manage, "restore the dataset from the trash", Role.SiteAdmin, Role.Administrator);

    public static readonly Operation DatasetPurge = OnDataset(
        "dataset.purge", Rights.Manage, "purge the dataset", Role.Administrator) with
    {
        OwnerOnly = true,
    };

    /// <summary>Offer it to another owner. With a role, or for the caller's own group, the transfer takes effect at once.</summary>
    public static readonly Operation OwnerChange = OnDataset(
        "owner.change", Rights.Manage, "transfer the dataset to another owner", Role.Administrator) with
    {
        OwnerOnly = true,
    };

    public static readonly Operation VisibilityChange = OnDataset(
        "visibility.change", Rights.Manage, "make the dataset public or private", Role.Administrator);

    public static readonly Operation GrantRead = OnDataset(
        "grant.read", Rights.Manage, "see who has rights on the dataset", Role.Administrator);

    public static readonly Operation GrantChange = OnDataset("grant.change", Rights.Manage, "share the dataset", Role.Administrator);

    public static readonly Operation AccessAsk = OnDataset("access.ask", Rights.View, "ask for access to the dataset") with
    {
        // A token that is only for reading puts nothing before other people.
        Scope = TokenScopes.Manage,
    };

    public static readonly Operation AccessAnswer = OnDataset(
        "access.answer", Rights.Manage, "see and answer requests for access", Role.Administrator);

    public static readonly Operation ActivityRead = OnDataset(
        "activity.read", Rights.Manage, "see the audit log of the dataset", Role.Administrator);

    public static readonly Operation LinkRead = OnDataset("link.read", Rights.Manage, "see share links", Role.Administrator);

    public static readonly Operation LinkCreate = OnDataset("link.create", Rights.Manage, "create a share link");

    public static readonly Operation LinkRevoke = OnDataset("link.revoke", Rights.Manage, "revoke a share link", Role.Administrator);

    public static readonly Operation InviteRead = OnDataset("invite.read", Rights.Manage, "see invites to the dataset", Role.Administrator);

    public static readonly Operation InviteCreate = OnDataset("invite.create", Rights.Manage, "invite to the dataset");

    public static readonly Operation InviteRevoke = OnDataset(
        "invite.revoke", Rights.Manage, "revoke invites to the dataset", Role.Administrator);

    public static readonly Operation PublicationRead = OnDataset(
        "publication.read", Rights.Manage, "see how the dataset is described for publication", Role.Administrator);

    public static readonly Operation PublicationChange = OnDataset(
        "publication.change", Rights.Manage, "describe the dataset for publication");

    public static readonly Operation PublicationPublish = OnDataset("publication.publish", Rights.Manage, "publish the dataset");

    public static readonly Operation PublicationWithdraw = OnDataset(
        "publication.withdraw", Rights.Manage, "withdraw the published dataset", Role.Administrator);

    // Groups: membership.

    public static readonly Operation GroupRead = OnGroup(
        "group.read", TokenScopes.Read, managersOnly: false, "see the members of the group");

    public static readonly Operation GroupChange = OnGroup("group.change", TokenScopes.Manage, managersOnly: true, "change the group");

    public static readonly Operation GroupInvite = OnGroup("group.invite", TokenScopes.Manage, managersOnly: true, "invite to the group");

    public static readonly Operation GroupLeave = OnGroup("group.leave", TokenScopes.Manage, managersOnly: false, "leave the group");

    public static readonly Operation GroupDelete = OnGroup("group.delete", TokenScopes.Manage, managersOnly: true, "delete the group");

    public static readonly Operation GroupOwn = OnGroup(
        "group.own", TokenScopes.Write, managersOnly: true, "transfer datasets to the group");

    public static readonly Operation VisitOwn = OnGroup(
        "visit.own", TokenScopes.Write, managersOnly: false, "create datasets of the visit");

    public static readonly Operation VisitNote = OnGroup(
        "visit.note", TokenScopes.Write, managersOnly: false, "write notes on the visit");

    // One's own account.

    public static readonly Operation MeRead = OnAccount("me.read", TokenScopes.None, "see who you are");

    /// <summary>Change the account's own display name.</summary>
    public static readonly Operation MeEdit = OnAccount("me.edit", TokenScopes.Admin, "change your profile");

    public static readonly Operation DatasetCreate = OnAccount("dataset.create", TokenScopes.Write, "create a dataset");

    /// <summary>Create a dataset for a user or group that an administrator allowed for this account.</summary>
    public static readonly Operation DatasetCreateFor = OnAccount(
        "dataset.create-for", TokenScopes.Write, "create a dataset for another owner");

    public static readonly Operation RunStopOwn = OnAccount("run.stop-own", TokenScopes.Write, "stop a run that you started");

    public static readonly Operation ProgramList = OnAccount("program.list", TokenScopes.Read, "see the programs of the site");

    public static readonly Operation ProgramSwitch = OnAccount(
        "program.switch", TokenScopes.Write, "switch programs on that start by themselves");

    public static readonly Operation RunListOwn = OnAccount("run.list-own", TokenScopes.Read, "watch the runs that you started");

    public static readonly Operation OfferList = OnAccount("offer.list", TokenScopes.Read, "see the datasets offered to you");

    public static readonly Operation ToDoList = OnAccount(
        "todo.list", TokenScopes.Read, "see which of your data end soon, and which of their copies failed");

    public static readonly Operation AccessList = OnAccount(
        "access.list", TokenScopes.Read, "see your requests for access, and those that you may answer");

    public static readonly Operation OfferAnswer = OnAccount("offer.answer", TokenScopes.Manage, "accept or decline a dataset");

    /// <summary>Look up users and groups by their names, to share with them.</summary>
    public static readonly Operation PrincipalFind = OnAccount("principal.find", TokenScopes.Read, "look up users and groups");

    public static readonly Operation GroupCreate = OnAccount("group.create", TokenScopes.Manage, "create a group");

    public static readonly Operation TokenList = OnAccount("token.list", TokenScopes.Admin, "list your tokens");

    /// <summary>Create a token, never wider than the token of the request.</summary>
    public static readonly Operation TokenCreate = OnAccount("token.create", TokenScopes.Admin, "create a token");

    /// <summary>Create and renew a token for one step of a program. It ends with the token of the request.</summary>
    public static readonly Operation TokenNarrow = OnAccount("token.narrow", TokenScopes.Read, "create a token for a step");

    public static readonly Operation TokenRevoke = OnAccount("token.revoke", TokenScopes.Admin, "revoke your tokens");

    public static readonly Operation SessionList = OnAccount("session.list", TokenScopes.Admin, "list your sessions");

    public static readonly Operation SessionEnd = OnAccount("session.end", TokenScopes.Admin, "end your sessions");

    public static readonly Operation ConsentList = OnAccount("consent.list", TokenScopes.Admin, "see which sites may log you in");

    /// <summary>Allow logins at a site. Only a browser's session can.</summary>
    public static readonly Operation ConsentGive = OnAccount("consent.give", TokenScopes.Admin, "allow a site to log you in");

    public static readonly Operation ConsentEnd = OnAccount("consent.end", TokenScopes.Admin, "end logins at a site");

    public static readonly Operation LoginLinkOwn = OnAccount(
        "login-link.own", TokenScopes.Admin, "open the portal with a token");

    public static readonly Operation PasswordChange = OnAccount("password.change", TokenScopes.Admin, "set your password");

    public static readonly Operation MailRead = OnAccount("mail.read", TokenScopes.Admin, "read your mail");

    public static readonly Operation NoticesChange = OnAccount(
        "notices.change", TokenScopes.Admin, "choose where you are notified");

    public static readonly Operation InviteAccept = OnAccount("invite.accept", TokenScopes.Manage, "accept an invite");

    // The installation: roles.

    public static readonly Operation UserList = OnInstallation("user.list", "list the users", Role.Administrator);

    public static readonly Operation UserCreate = OnInstallation("user.create", "create a user", Role.Administrator);

    public static readonly Operation UserChange = OnInstallation("user.change", "change a user", Role.Administrator);

    /// <summary>Create, describe and disable accounts as an identity provider, which sees no others.</summary>
    public static readonly Operation AccountProvision = OnInstallation(
        "account.provision", "manage the accounts of an identity provider", Role.Administrator) with
    {
        Scope = TokenScopes.Scim,
    };

    public static readonly Operation UserHandOver = OnInstallation(
        "user.hand-over", "transfer what a user owns", Role.Administrator);

    public static readonly Operation RoleChange = OnInstallation("role.change", "change roles", Role.Administrator);

    public static readonly Operation LoginLinkCreate = OnInstallation(
        "login-link.create", "create login links for others", Role.Administrator);

    public static readonly Operation TokenRevokeAny = OnInstallation("token.revoke-any", "revoke tokens of others", Role.Administrator);

    public static readonly Operation AuditRead = OnInstallation("audit.read", "read the audit log", Role.Auditor, Role.Administrator);

    public static readonly Operation JobRead = OnInstallation(
        "job.read", "see the jobs of the site", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>Run jobs of the site: garbage collection, scrub, checkpoint.</summary>
    public static readonly Operation JobRun = OnInstallation(
        "job.run", "run jobs of the site", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>See storage, activity and metrics.</summary>
    public static readonly Operation SiteRead = OnInstallation(
        "site.read", "see the state of the site", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>See the queues of the bus and their dead letters, which may hold anything; delete them or send them again.</summary>
    public static readonly Operation QueueManage = OnInstallation(
        "queue.manage", "see, drain and re-send dead letters", Role.Operator, Role.SiteAdmin, Role.Administrator);

    public static readonly Operation StorageRead =
        OnInstallation("storage.read", "see what each owner stores", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    public static readonly Operation QuotaChange = OnInstallation("quota.change", "change quotas", Role.Administrator);

    /// <summary>Change the site's policies; back it up and restore it.</summary>
    public static readonly Operation SiteConfigure = OnInstallation(
        "site.configure", "configure the site and back it up", Role.SiteAdmin, Role.Administrator);

    public static readonly Operation SitesRead = OnInstallation(
        "sites.read", "see the sites of the zone", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    /// <summary>Invite, label and remove sites; join a zone.</summary>
    public static readonly Operation SitesChange = OnInstallation(
        "sites.change", "invite and remove sites, or join a zone", Role.Administrator);

    public static readonly Operation HomeLose = OnInstallation(
        "home.lose", "declare that the home of a dataset is lost", Role.Administrator);

    public static readonly Operation PurgeOrder = OnInstallation("purge.order", "purge datasets at all sites", Role.Administrator);

    public static readonly Operation PurgeRead = OnInstallation(
        "purge.read", "see the purges at all sites", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    public static readonly Operation RulesRead = OnInstallation(
        "rules.read", "see all placement rules", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    /// <summary>Change rules for a type, for an owner, or for all datasets.</summary>
    public static readonly Operation RulesChange = OnInstallation(
        "rules.change", "change placement rules for datasets of others", Role.Administrator);

    /// <summary>Announce folders of the facility to the agent, and write letters with invites to their datasets.</summary>
    public static readonly Operation VisitChange = OnInstallation("visit.change", "create and change visits", Role.Administrator);

    public static readonly Operation FacilityManage = OnInstallation(
        "facility.manage", "announce folders and write letters", Role.Operator, Role.SiteAdmin, Role.Administrator);

    public static readonly Operation WorkerAdmit = OnInstallation(
        "worker.admit", "create tokens for workers", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>Take frames of runs in the caller's namespace, read their input and return result rows.</summary>
    public static readonly Operation WorkDo = OnInstallation(
        "work.do", "analyse frames for runs of others", Role.Operator, Role.SiteAdmin, Role.Administrator) with
    {
        Scope = TokenScopes.Work,
    };

    public static IReadOnlyList<Operation> All { get; } =
    [
        DatasetView, MetadataRead, HistoryRead, EntryList, EntryRead, DatasetDerive, RunStop,
        EntryWrite, SnapshotCreate, MetadataEdit, TagChange, SentChange, DatasetEdit,
        DatasetClose, DatasetKeep, CopyRead, CopyExplain, CopyRestore, CopyChange, HomeChange, EvictionChange,
        RuleRead, RuleChange, RetentionChange,
        DatasetDelete, DatasetRestore, DatasetPurge, OwnerChange, VisibilityChange, GrantRead, GrantChange, AccessAsk, AccessAnswer,
        ActivityRead, LinkRead,
        LinkCreate, LinkRevoke, InviteRead, InviteCreate, InviteRevoke,
        PublicationRead, PublicationChange, PublicationPublish, PublicationWithdraw,
        GroupRead, GroupChange, GroupInvite, GroupLeave, GroupDelete, GroupOwn, VisitOwn, VisitNote,
        MeRead, MeEdit, DatasetCreate, DatasetCreateFor, RunStopOwn, ProgramList, ProgramSwitch, RunListOwn, OfferList, OfferAnswer,
        ToDoList, AccessList, PrincipalFind,
        GroupCreate,
        TokenList, TokenCreate, TokenNarrow, TokenRevoke,
        SessionList, SessionEnd, ConsentList, ConsentGive, ConsentEnd, LoginLinkOwn, PasswordChange, MailRead, NoticesChange, InviteAccept,
        UserList, UserCreate, UserChange, AccountProvision, UserHandOver, RoleChange, LoginLinkCreate, TokenRevokeAny, AuditRead,
        JobRead, JobRun, SiteRead,
        QueueManage, StorageRead, QuotaChange, SiteConfigure, SitesRead, SitesChange, HomeLose, PurgeOrder, PurgeRead, RulesRead,
        RulesChange,
        VisitChange, FacilityManage, WorkerAdmit, WorkDo,
    ];

    public override string ToString() => Name;

    private static Operation OnDataset(string name, Rights right, string summary, params ReadOnlySpan<Role> roles) =>
        new(name, OperationTarget.Dataset, summary) { Right = right, Scope = right.RequiredScope(), Roles = RoleSet.From(roles) };

    private static Operation OnGroup(string name, TokenScopes scope, bool managersOnly, string summary) =>
        new(name, OperationTarget.Group, summary) { Scope = scope, ManagersOnly = managersOnly, Roles = RoleSet.From(Role.Administrator) };

    private static Operation OnAccount(string name, TokenScopes scope, string summary) =>
        new(name, OperationTarget.Account, summary) { Scope = scope };

    private static Operation OnInstallation(string name, string summary, params ReadOnlySpan<Role> roles) =>
        new(name, OperationTarget.Installation, summary) { Scope = TokenScopes.Admin, Roles = RoleSet.From(roles) };
}

public enum OperationTarget
{
    /// <summary>One dataset: the caller's rights on it decide.</summary>
    Dataset,

    /// <summary>One group: membership or management of it decides.</summary>
    Group,

    /// <summary>The caller's own account: having an account is enough.</summary>
    Account,

    /// <summary>The whole installation: only a role allows it.</summary>
    Installation,
}
