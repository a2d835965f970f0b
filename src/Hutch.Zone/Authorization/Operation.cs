using Hutch.Model;

namespace Hutch.Zone.Authorization;

/// <summary>
/// One thing that can be asked of Hutch. The list is closed: every door names one of the static members here, and
/// <c>docs/reference/rights.md</c> is generated from them. What is in no rule is refused.
/// </summary>
public sealed record Operation
{
    /// <summary>What the audit says of a login that was refused: nobody was allowed anything.</summary>
    internal const string RefusedLogin = "session.refused";

    private Operation(string name, OperationTarget target, string summary)
    {
        Name = name;
        Target = target;
        Summary = summary;
    }

    /// <summary>The stable name, also the action in the audit.</summary>
    public string Name { get; }

    /// <summary>What it is done to.</summary>
    public OperationTarget Target { get; }

    /// <summary>What it does, in a few words that follow "to".</summary>
    public string Summary { get; }

    /// <summary>For a dataset: the right that is needed.</summary>
    public Rights Right { get; private init; }

    /// <summary>For a dataset: whether the right must come from ownership (being the owner, or a manager of the owning group).</summary>
    public bool OwnerOnly { get; private init; }

    /// <summary>For a dataset: whether who runs the site decides, whatever rights somebody has, and wherever its home is.</summary>
    public bool IsOfSite { get; private init; }

    /// <summary>For a group: whether its managers may, and not every member.</summary>
    public bool ManagersOnly { get; private init; }

    /// <summary>The scope that the token must carry when it is the right that allows. None for an operation open to every token.</summary>
    public TokenScopes Scope { get; private init; }

    /// <summary>For a dataset: whether it changes what the dataset holds or says, which no site does while it is read-only.</summary>
    public bool ChangesContent =>
        this == EntryWrite || this == SnapshotCreate || this == MetadataEdit || this == TagChange || this == DatasetEdit
        || this == DatasetClose || this == DatasetKeep;

    /// <summary>The roles that allow it whatever the rights; the token must then carry the scope <c>admin</c>.</summary>
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

    /// <summary>Read bytes of files.</summary>
    public static readonly Operation EntryRead = OnDataset("entry.read", Rights.Read, "read files");

    /// <summary>Make a dataset derived from it, by hand or by a run.</summary>
    public static readonly Operation DatasetDerive = OnDataset("dataset.derive", Rights.Derive, "derive from the dataset");

    /// <summary>Stop a run that reads or writes it, whoever started it.</summary>
    public static readonly Operation RunStop = OnDataset(
        "run.stop", Rights.Manage, "stop runs that read or write the dataset", Role.SiteAdmin, Role.Administrator);

    /// <summary>Put, push and delete files.</summary>
    public static readonly Operation EntryWrite = OnDataset("entry.write", Rights.Write, "change files");

    /// <summary>Fold the head into a snapshot.</summary>
    public static readonly Operation SnapshotCreate = OnDataset("snapshot.create", Rights.Write, "create a snapshot");

    /// <summary>Replace the metadata document.</summary>
    public static readonly Operation MetadataEdit = OnDataset("metadata.edit", Rights.Write, "change the metadata");

    /// <summary>Tag and untag snapshots.</summary>
    public static readonly Operation TagChange = OnDataset("tag.change", Rights.Manage, "change tags");

    /// <summary>Change slug, title and type.</summary>
    public static readonly Operation DatasetEdit = OnDataset("dataset.edit", Rights.Manage, "rename the dataset");

    /// <summary>See what was sent and is in no version, and end it, whoever sent it.</summary>
    public static readonly Operation SentChange = OnDataset("sent.change", Rights.Manage, "see and end what others have sent");

    /// <summary>Close it for ever.</summary>
    public static readonly Operation DatasetClose = OnDataset("dataset.close", Rights.Manage, "close the dataset");

    /// <summary>Make it last, if it is transient.</summary>
    public static readonly Operation DatasetKeep = OnDataset("dataset.keep", Rights.Manage, "keep the temporary dataset");

    /// <summary>See at which sites its copies are.</summary>
    public static readonly Operation CopyRead = OnDataset("copy.read", Rights.Read, "see the copies of the dataset");

    /// <summary>See why a copy of it does not go on.</summary>
    public static readonly Operation CopyExplain = OnDataset(
        "copy.explain", Rights.Manage, "see why a copy of the dataset does not go on", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>Restore the copy that this site has of it from the trash here, and put it back, whatever its home has done.</summary>
    public static readonly Operation CopyRestore = OnDataset(
        "copy.restore", Rights.Manage, "restore this site's copy of the dataset", Role.SiteAdmin, Role.Administrator) with
    {
        IsOfSite = true,
        Scope = TokenScopes.Admin,
    };

    /// <summary>Have it copied to a site.</summary>
    public static readonly Operation CopyChange = OnDataset(
        "copy.change", Rights.Manage, "have the dataset copied to another site", Role.Administrator);

    /// <summary>Have another site become its home.</summary>
    public static readonly Operation HomeChange = OnDataset(
        "home.change", Rights.Manage, "move the dataset's home to another site", Role.Administrator);

    /// <summary>Have its home give up bytes that other sites hold, or bring them back.</summary>
    public static readonly Operation EvictionChange = OnDataset(
        "eviction.change", Rights.Manage, "have the home of the dataset give up its bytes", Role.SiteAdmin, Role.Administrator);

    /// <summary>See the rules that say where it is, and how they stand.</summary>
    public static readonly Operation RuleRead = OnDataset(
        "rule.read", Rights.Manage, "see the placement rules of the dataset", Role.Administrator);

    /// <summary>Make and end rules that say where it is.</summary>
    public static readonly Operation RuleChange = OnDataset(
        "rule.change", Rights.Manage, "change the placement rules of the dataset", Role.Administrator);

    /// <summary>Say until when its files stay in the facility's folder.</summary>
    public static readonly Operation RetentionChange = OnDataset(
        "retention.change", Rights.Manage, "extend how long files stay at the facility", Role.SiteAdmin, Role.Administrator);

    /// <summary>Put it into the trash.</summary>
    public static readonly Operation DatasetDelete = OnDataset(
        "dataset.delete", Rights.Manage, "move the dataset to the trash", Role.SiteAdmin, Role.Administrator);

    /// <summary>Take it out of the trash.</summary>
    public static readonly Operation DatasetRestore = OnDataset(
        "dataset.restore", Rights.Manage, "restore the dataset from the trash", Role.SiteAdmin, Role.Administrator);

    /// <summary>End its bytes now.</summary>
    public static readonly Operation DatasetPurge = OnDataset(
        "dataset.purge", Rights.Manage, "purge the dataset", Role.Administrator) with
    {
        OwnerOnly = true,
    };

    /// <summary>Offer it to another owner. To whom the role allows it, and for one's own group, that is to give it at once.</summary>
    public static readonly Operation OwnerChange = OnDataset(
        "owner.change", Rights.Manage, "transfer the dataset to another owner", Role.Administrator) with
    {
        OwnerOnly = true,
    };

    /// <summary>Make it public or private.</summary>
    public static readonly Operation VisibilityChange = OnDataset(
        "visibility.change", Rights.Manage, "make the dataset public or private", Role.Administrator);

    /// <summary>See who has which right on it.</summary>
    public static readonly Operation GrantRead = OnDataset(
        "grant.read", Rights.Manage, "see who has rights on the dataset", Role.Administrator);

    /// <summary>Give and take back rights.</summary>
    public static readonly Operation GrantChange = OnDataset("grant.change", Rights.Manage, "share the dataset", Role.Administrator);

    /// <summary>Ask to read it.</summary>
    public static readonly Operation AccessAsk = OnDataset("access.ask", Rights.View, "ask for access to the dataset") with
    {
        // A token that is only for reading puts nothing before other people.
        Scope = TokenScopes.Manage,
    };

    /// <summary>See who asks to read it, and grant or deny that.</summary>
    public static readonly Operation AccessAnswer = OnDataset(
        "access.answer", Rights.Manage, "see and answer requests for access", Role.Administrator);

    /// <summary>See who did what with it.</summary>
    public static readonly Operation ActivityRead = OnDataset(
        "activity.read", Rights.Manage, "see the audit log of the dataset", Role.Administrator);

    /// <summary>See its share links.</summary>
    public static readonly Operation LinkRead = OnDataset("link.read", Rights.Manage, "see share links", Role.Administrator);

    /// <summary>Make a share link.</summary>
    public static readonly Operation LinkCreate = OnDataset("link.create", Rights.Manage, "create a share link");

    /// <summary>Withdraw a share link.</summary>
    public static readonly Operation LinkRevoke = OnDataset("link.revoke", Rights.Manage, "revoke a share link", Role.Administrator);

    /// <summary>See the invites to it.</summary>
    public static readonly Operation InviteRead = OnDataset("invite.read", Rights.Manage, "see invites to the dataset", Role.Administrator);

    /// <summary>Make an invite to it.</summary>
    public static readonly Operation InviteCreate = OnDataset("invite.create", Rights.Manage, "invite to the dataset");

    /// <summary>Withdraw an invite to it.</summary>
    public static readonly Operation InviteRevoke = OnDataset(
        "invite.revoke", Rights.Manage, "revoke invites to the dataset", Role.Administrator);

    /// <summary>See the description with which it is, or will be, published.</summary>
    public static readonly Operation PublicationRead = OnDataset(
        "publication.read", Rights.Manage, "see how the dataset is described for publication", Role.Administrator);

    /// <summary>Change that description.</summary>
    public static readonly Operation PublicationChange = OnDataset(
        "publication.change", Rights.Manage, "describe the dataset for publication");

    /// <summary>Publish it for good.</summary>
    public static readonly Operation PublicationPublish = OnDataset("publication.publish", Rights.Manage, "publish the dataset");

    /// <summary>Withdraw what is published.</summary>
    public static readonly Operation PublicationWithdraw = OnDataset(
        "publication.withdraw", Rights.Manage, "withdraw the published dataset", Role.Administrator);

    // Groups: membership.

    /// <summary>See the members of a group.</summary>
    public static readonly Operation GroupRead = OnGroup(
        "group.read", TokenScopes.Read, managersOnly: false, "see the members of the group");

    /// <summary>Add and remove members.</summary>
    public static readonly Operation GroupChange = OnGroup("group.change", TokenScopes.Manage, managersOnly: true, "change the group");

    /// <summary>Make, see and withdraw invites to a group.</summary>
    public static readonly Operation GroupInvite = OnGroup("group.invite", TokenScopes.Manage, managersOnly: true, "invite to the group");

    /// <summary>Leave a group.</summary>
    public static readonly Operation GroupLeave = OnGroup("group.leave", TokenScopes.Manage, managersOnly: false, "leave the group");

    /// <summary>Remove a group that owns nothing.</summary>
    public static readonly Operation GroupDelete = OnGroup("group.delete", TokenScopes.Manage, managersOnly: true, "delete the group");

    /// <summary>Make the group the owner of a dataset.</summary>
    public static readonly Operation GroupOwn = OnGroup(
        "group.own", TokenScopes.Write, managersOnly: true, "transfer datasets to the group");

    // One's own account.

    /// <summary>Say who the caller is.</summary>
    public static readonly Operation MeRead = OnAccount("me.read", TokenScopes.None, "see who you are");

    /// <summary>Change one's own name for people.</summary>
    public static readonly Operation MeEdit = OnAccount("me.edit", TokenScopes.Admin, "change your profile");

    /// <summary>Make a dataset of one's own.</summary>
    public static readonly Operation DatasetCreate = OnAccount("dataset.create", TokenScopes.Write, "create a dataset");

    /// <summary>Make a dataset for a user or group that an administrator has named for this account.</summary>
    public static readonly Operation DatasetCreateFor = OnAccount(
        "dataset.create-for", TokenScopes.Write, "create a dataset for another owner");

    /// <summary>Stop a run that one started, whatever it reads or writes.</summary>
    public static readonly Operation RunStopOwn = OnAccount("run.stop-own", TokenScopes.Write, "stop a run that you started");

    /// <summary>See the runs that one started, while they are worked on.</summary>
    public static readonly Operation RunListOwn = OnAccount("run.list-own", TokenScopes.Read, "watch the runs that you started");

    /// <summary>See the datasets that are offered to oneself, and that one offers.</summary>
    public static readonly Operation OfferList = OnAccount("offer.list", TokenScopes.Read, "see the datasets offered to you");

    /// <summary>See one's own requests for access, and those that one may answer.</summary>
    public static readonly Operation AccessList = OnAccount(
        "access.list", TokenScopes.Read, "see your requests for access, and those that you may answer");

    /// <summary>Accept or decline a dataset that is offered.</summary>
    public static readonly Operation OfferAnswer = OnAccount("offer.answer", TokenScopes.Manage, "accept or decline a dataset");

    /// <summary>Look up users and groups by their names, to share with them.</summary>
    public static readonly Operation PrincipalFind = OnAccount("principal.find", TokenScopes.Read, "look up users and groups");

    /// <summary>Make a group.</summary>
    public static readonly Operation GroupCreate = OnAccount("group.create", TokenScopes.Manage, "create a group");

    /// <summary>List one's own tokens.</summary>
    public static readonly Operation TokenList = OnAccount("token.list", TokenScopes.Admin, "list your tokens");

    /// <summary>Make a token of one's own, never wider than the one that asks.</summary>
    public static readonly Operation TokenCreate = OnAccount("token.create", TokenScopes.Admin, "create a token");

    /// <summary>Make a token for one step of a program, which ends with the one that asks, and keep it good.</summary>
    public static readonly Operation TokenNarrow = OnAccount("token.narrow", TokenScopes.Read, "create a token for a step");

    /// <summary>Revoke a token of one's own.</summary>
    public static readonly Operation TokenRevoke = OnAccount("token.revoke", TokenScopes.Admin, "revoke your tokens");

    /// <summary>List one's own sessions.</summary>
    public static readonly Operation SessionList = OnAccount("session.list", TokenScopes.Admin, "list your sessions");

    /// <summary>End a session of one's own.</summary>
    public static readonly Operation SessionEnd = OnAccount("session.end", TokenScopes.Admin, "end your sessions");

    /// <summary>Set one's own password.</summary>
    public static readonly Operation PasswordChange = OnAccount("password.change", TokenScopes.Admin, "set your password");

    /// <summary>Read what was mailed to oneself.</summary>
    public static readonly Operation MailRead = OnAccount("mail.read", TokenScopes.Admin, "read your mail");

    /// <summary>Accept an invite.</summary>
    public static readonly Operation InviteAccept = OnAccount("invite.accept", TokenScopes.Manage, "accept an invite");

    // The installation: roles.

    /// <summary>List accounts.</summary>
    public static readonly Operation UserList = OnInstallation("user.list", "list the users", Role.Administrator);

    /// <summary>Make an account.</summary>
    public static readonly Operation UserCreate = OnInstallation("user.create", "create a user", Role.Administrator);

    /// <summary>Change, disable and enable an account.</summary>
    public static readonly Operation UserChange = OnInstallation("user.change", "change a user", Role.Administrator);

    /// <summary>Give everything of an account to another, or to a group.</summary>
    public static readonly Operation UserHandOver = OnInstallation(
        "user.hand-over", "transfer what a user owns", Role.Administrator);

    /// <summary>Give and take roles.</summary>
    public static readonly Operation RoleChange = OnInstallation("role.change", "change roles", Role.Administrator);

    /// <summary>Make a one-time link with which somebody logs in.</summary>
    public static readonly Operation LoginLinkCreate = OnInstallation(
        "login-link.create", "create login links for others", Role.Administrator);

    /// <summary>Revoke somebody else's token.</summary>
    public static readonly Operation TokenRevokeAny = OnInstallation("token.revoke-any", "revoke tokens of others", Role.Administrator);

    /// <summary>Read the audit.</summary>
    public static readonly Operation AuditRead = OnInstallation("audit.read", "read the audit log", Role.Auditor, Role.Administrator);

    /// <summary>See tasks of the site.</summary>
    public static readonly Operation JobRead = OnInstallation(
        "job.read", "see the jobs of the site", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>Start tasks of the site: collection, scrubbing, checkpoint.</summary>
    public static readonly Operation JobRun = OnInstallation(
        "job.run", "run jobs of the site", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>See storage, activity and metrics.</summary>
    public static readonly Operation SiteRead = OnInstallation(
        "site.read", "see the state of the site", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>See what each owner stores and may store.</summary>
    public static readonly Operation StorageRead =
        OnInstallation("storage.read", "see what each owner stores", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    /// <summary>Set how much an owner may store.</summary>
    public static readonly Operation QuotaChange = OnInstallation("quota.change", "change quotas", Role.Administrator);

    /// <summary>Change the site's policies; back it up and restore it.</summary>
    public static readonly Operation SiteConfigure = OnInstallation(
        "site.configure", "configure the site", Role.SiteAdmin, Role.Administrator);

    /// <summary>See the sites of the zone, and how they are.</summary>
    public static readonly Operation SitesRead = OnInstallation(
        "sites.read", "see the sites of the zone", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    /// <summary>Invite, label and remove sites; join a zone.</summary>
    public static readonly Operation SitesChange = OnInstallation(
        "sites.change", "invite and remove sites, or join a zone", Role.Administrator);

    /// <summary>Declare that the home of a dataset is lost, and have another site go on.</summary>
    public static readonly Operation HomeLose = OnInstallation(
        "home.lose", "declare that the home of a dataset is lost", Role.Administrator);

    /// <summary>End a dataset at every site of the zone.</summary>
    public static readonly Operation PurgeOrder = OnInstallation("purge.order", "purge datasets at all sites", Role.Administrator);

    /// <summary>See which sites have not said yet that nothing is left of what is purged everywhere.</summary>
    public static readonly Operation PurgeRead = OnInstallation(
        "purge.read", "see the purges at all sites", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    /// <summary>See all rules that say where datasets are.</summary>
    public static readonly Operation RulesRead = OnInstallation(
        "rules.read", "see all placement rules", Role.Operator, Role.SiteAdmin, Role.Auditor, Role.Administrator);

    /// <summary>Make and end rules about the datasets of a type, of an owner, or about all.</summary>
    public static readonly Operation RulesChange = OnInstallation(
        "rules.change", "change placement rules for datasets of others", Role.Administrator);

    /// <summary>Announce folders of the facility to the agent, and write letters with invites to their datasets.</summary>
    public static readonly Operation FacilityManage = OnInstallation(
        "facility.manage", "announce folders and write letters", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>Make a token with which workers join.</summary>
    public static readonly Operation WorkerAdmit = OnInstallation(
        "worker.admit", "create tokens for workers", Role.Operator, Role.SiteAdmin, Role.Administrator);

    /// <summary>Take frames of runs of one's namespace, read what they need, and give their rows.</summary>
    public static readonly Operation WorkDo = OnInstallation(
        "work.do", "analyse frames for runs of others", Role.Operator, Role.SiteAdmin, Role.Administrator) with
    {
        Scope = TokenScopes.Work,
    };

    /// <summary>The whole list, by target.</summary>
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
        GroupRead, GroupChange, GroupInvite, GroupLeave, GroupDelete, GroupOwn,
        MeRead, MeEdit, DatasetCreate, DatasetCreateFor, RunStopOwn, RunListOwn, OfferList, OfferAnswer, AccessList,
        PrincipalFind,
        GroupCreate,
        TokenList, TokenCreate, TokenNarrow, TokenRevoke,
        SessionList, SessionEnd, PasswordChange, MailRead, InviteAccept,
        UserList, UserCreate, UserChange, UserHandOver, RoleChange, LoginLinkCreate, TokenRevokeAny, AuditRead, JobRead, JobRun, SiteRead,
        StorageRead, QuotaChange, SiteConfigure, SitesRead, SitesChange, HomeLose, PurgeOrder, PurgeRead, RulesRead,
        RulesChange,
        FacilityManage, WorkerAdmit, WorkDo,
    ];

    public override string ToString() => Name;

    private static Operation OnDataset(string name, Rights right, string summary, params ReadOnlySpan<Role> roles) =>
        new(name, OperationTarget.Dataset, summary) { Right = right, Scope = right.RequiredScope(), Roles = RoleSet.Of(roles) };

    private static Operation OnGroup(string name, TokenScopes scope, bool managersOnly, string summary) =>
        new(name, OperationTarget.Group, summary) { Scope = scope, ManagersOnly = managersOnly, Roles = RoleSet.Of(Role.Administrator) };

    private static Operation OnAccount(string name, TokenScopes scope, string summary) =>
        new(name, OperationTarget.Account, summary) { Scope = scope };

    private static Operation OnInstallation(string name, string summary, params ReadOnlySpan<Role> roles) =>
        new(name, OperationTarget.Installation, summary) { Scope = TokenScopes.Admin, Roles = RoleSet.Of(roles) };
}

/// <summary>What an operation is done to.</summary>
public enum OperationTarget
{
    /// <summary>One dataset: the caller's rights on it decide.</summary>
    Dataset,

    /// <summary>One group: being its member or manager decides.</summary>
    Group,

    /// <summary>The caller's own account and things: having an account is enough.</summary>
    Account,

    /// <summary>The whole installation: only a role allows it.</summary>
    Installation,
}
