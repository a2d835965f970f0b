using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Accounts;
using Hutch.Commands.Verbs.Agents;
using Hutch.Commands.Verbs.Copies;
using Hutch.Commands.Verbs.DataLad;
using Hutch.Commands.Verbs.Datasets;
using Hutch.Commands.Verbs.Files;
using Hutch.Commands.Verbs.Frames;
using Hutch.Commands.Verbs.Publications;
using Hutch.Commands.Verbs.Runs;
using Hutch.Commands.Verbs.Servers;
using Hutch.Commands.Verbs.Sharing;
using Hutch.Commands.Verbs.Sites;

namespace Hutch.Commands.Verbs;

/// <summary>
/// All verbs, in the groups and the order in which the help shows them. Those of the full program have their name here, and their code
/// in Hutch.Cli.
/// </summary>
internal static class VerbList
{
    internal static IReadOnlyList<VerbSection> Sections { get; } =
    [
        new("Start",
        [
            new("login", host => new LoginVerb(host), "Log in to a server"),
            new("init", host => new InitVerb(host), "Create a dataset from a folder"),
            new("clone", host => new CloneVerb(host), "Download a dataset into a new working directory"),
            new("open", host => new OpenVerb(host), "Open the portal or a dataset in the browser"),
            new("whoami", host => new WhoamiVerb(host)),
            new("logout", host => new LogoutVerb(host)),
            new("token", TokenVerbs.Create),
            new("completion", host => new CompletionVerb(host)),
            new("version", host => new VersionVerb(host)),
        ]),
        new("Move data",
        [
            new("push", host => new PushVerb(host), "Upload changes as a new snapshot"),
            new("pull", host => new PullVerb(host), "Download changes from the server"),
            new("status", host => new StatusVerb(host), "Show local changes"),
            new("get", host => new GetVerb(host), "Replace placeholders with their files"),
            new("ingest", host => new IngestVerb(host), "Store the frames of a detector file"),
            new("stage", host => new StageVerb(host)),
            new("mount", host => new MountVerb(host), "Show a dataset as a folder"),
            new("unmount", host => new UnmountVerb(host)),
            new("drop", host => new DropVerb(host)),
            new("resolve", host => new ResolveVerb(host)),
            new("capture", host => new CaptureVerb(host)),
            new("tee", host => new TeeVerb(host)),
            new("export", host => new ExportVerb(host)),
            new("datalad", DataLadVerbs.Create),
            new("import-bag", host => new ImportBagVerb(host)),
            new("import-ria", host => new ImportRiaVerb(host)),
            new("export-ria", host => new ExportRiaVerb(host)),
        ]),
        new("Look",
        [
            new("list", host => new ListVerb(host), "List datasets, or the files of one"),
            new("search", host => new SearchVerb(host), "Find datasets"),
            new("info", host => new InfoVerb(host), "Show a dataset"),
            new("log", host => new LogVerb(host)),
            new("diff", host => new DiffVerb(host)),
            new("verify", host => new VerifyVerb(host)),
            new("compare", host => new CompareVerb(host)),
            new("downloads", host => new DownloadsVerb(host)),
        ]),
        new("Change",
        [
            new("close", host => new CloseVerb(host), "Make a dataset read-only for good"),
            new("derive", host => new DeriveVerb(host), "Create a dataset derived from others"),
            new("metadata", MetadataVerbs.Create),
            new("delete", host => new DeleteVerb(host), "Move a dataset to the trash"),
            new("title", host => new TitleVerb(host)),
            new("rename", host => new RenameVerb(host)),
            new("tag", host => new TagVerb(host)),
            new("type", TypeVerbs.Create),
            new("move", host => new MoveVerb(host)),
            new("remove", host => new RemoveVerb(host)),
            new("revert", host => new RevertVerb(host)),
            new("keep", host => new KeepVerb(host)),
            new("restore", host => new RestoreVerb(host)),
            new("purge", host => new PurgeVerb(host)),
            new("sent", host => new SentVerb(host)),
        ]),
        new("Share",
        [
            new("share", host => new ShareVerb(host), "Share a dataset with people or by link"),
            new("publish", host => new PublishVerb(host), "Publish a closed dataset under a public address"),
            new("deposit", host => new DepositVerb(host), "Copy a published dataset into a repository such as Zenodo"),
            new("unshare", host => new UnshareVerb(host)),
            new("access", AccessVerbs.Create),
            new("invite", InviteVerbs.Create),
            new("chown", host => new ChownVerb(host)),
            new("offer", OfferVerbs.Create),
            new("group", GroupVerbs.Create),
            new("visit", VisitVerbs.Create),
            new("publication", PublicationVerbs.Create),
        ]),
        new("Process",
        [
            VerbFactory.Full("analyse", "Find spots in every frame"),
            new("run", host => new RunVerb(host), "Run a command on datasets and record it"),
            new("program", ProgramVerbs.Create, "List and run programs of the server"),
            new("runs", RunVerbs.Create),
            new("rerun", host => new RerunVerb(host)),
            new("select", host => new SelectVerb(host)),
            VerbFactory.Full("submit"),
            VerbFactory.Full("worker"),
            VerbFactory.Full("recipe-worker"),
            new("top", host => new TopVerb(host)),
        ]),
        new("Sites",
        [
            new("replicate", host => new ReplicateVerb(host), "Copy a dataset to another site"),
            new("site", SiteVerbs.Create),
            new("rule", RuleVerbs.Create),
            new("pin", host => new PinVerb(host)),
            new("home", host => new HomeVerb(host)),
            new("evict", host => new EvictVerb(host)),
            new("recall", host => new RecallVerb(host)),
            new("purges", host => new PurgesVerb(host)),
        ]),
        new("Operate",
        [
            VerbFactory.Full("serve", "Start the server"),
            VerbFactory.Full("doctor"),
            VerbFactory.Full("config"),
            new("user", UserVerbs.Create),
            new("quota", QuotaVerbs.Create),
            new("space", host => new SpaceVerb(host)),
            new("audit", AuditVerbs.Create),
            new("agent", AgentVerbs.Create),
            new("adopt", AdoptVerbs.Create),
            new("servers", host => new ServersVerb(host)),
            new("queue", QueueVerbs.Create),
            new("gc", host => new GcVerb(host)),
            VerbFactory.Full("backup"),
            VerbFactory.Full("migrate"),
            VerbFactory.Full("upgrade"),
            VerbFactory.Full("rebuild"),
            VerbFactory.Full("simulate"),
        ]),
    ];

    internal static IReadOnlyList<VerbFactory> All { get; } =
    [
        .. Sections.SelectMany(section => section.Verbs),
        new(CompletionScript.DatasetsVerb, host => new CompleteDatasetsVerb(host)),
        new("attempt", AttemptVerbs.Create),
        VerbFactory.Full("manual"),
        VerbFactory.Full("hdf5-content"),
        new("hdf5-reader", host => new Hdf5ReaderVerb(host)),
    ];
}
