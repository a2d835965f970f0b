using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;

namespace Hutch.Cli.Verbs;

/// <summary>All verbs, in the order in which the help shows them.</summary>
internal static class VerbList
{
    /// <summary>A verb that is made only when it is asked for.</summary>
    internal sealed record VerbFactory(string Name, Func<CliHost, Command> Create);

    internal static IReadOnlyList<VerbFactory> All { get; } =
    [
        new("serve", host => new ServeVerb(host)),
        new("config", ConfigVerbs.Create),
        new("login", host => new LoginVerb(host)),
        new("logout", host => new LogoutVerb(host)),
        new("whoami", host => new WhoamiVerb(host)),
        new("token", TokenVerbs.Create),
        new("init", host => new InitVerb(host)),
        new("push", host => new PushVerb(host)),
        new("pull", host => new PullVerb(host)),
        new("resolve", host => new ResolveVerb(host)),
        new("clone", host => new CloneVerb(host)),
        new("get", host => new GetVerb(host)),
        new("drop", host => new DropVerb(host)),
        new("status", host => new StatusVerb(host)),
        new("log", host => new LogVerb(host)),
        new("diff", host => new DiffVerb(host)),
        new("list", host => new ListVerb(host)),
        new("search", host => new SearchVerb(host)),
        new("info", host => new InfoVerb(host)),
        new("rename", host => new RenameVerb(host)),
        new("title", host => new TitleVerb(host)),
        new("tag", host => new TagVerb(host)),
        new("metadata", MetadataVerbs.Create),
        new("type", TypeVerbs.Create),
        new("revert", host => new RevertVerb(host)),
        new("close", host => new CloseVerb(host)),
        new("keep", host => new KeepVerb(host)),
        new("derive", host => new DeriveVerb(host)),
        new("delete", host => new DeleteVerb(host)),
        new("restore", host => new RestoreVerb(host)),
        new("purge", host => new PurgeVerb(host)),
        new("share", host => new ShareVerb(host)),
        new("unshare", host => new UnshareVerb(host)),
        new("invite", InviteVerbs.Create),
        new("chown", host => new ChownVerb(host)),
        new("offer", OfferVerbs.Create),
        new("group", GroupVerbs.Create),
        new("user", UserVerbs.Create),
        new("quota", QuotaVerbs.Create),
        new("audit", AuditVerbs.Create),
        new("ingest", host => new IngestVerb(host)),
        new("export", host => new ExportVerb(host)),
        new("datalad", DataLadVerbs.Create),
        new("import-ria", host => new ImportRiaVerb(host)),
        new("export-ria", host => new ExportRiaVerb(host)),
        new("agent", AgentVerbs.Create),
        new("capture", host => new CaptureVerb(host)),
        new("tee", host => new TeeVerb(host)),
        new("compare", host => new CompareVerb(host)),
        new("analyse", host => new AnalyseVerb(host)),
        new("submit", host => new SubmitVerb(host)),
        new("worker", host => new WorkerVerb(host)),
        new("recipe-worker", host => new RecipeWorkerVerb(host)),
        new("top", host => new TopVerb(host)),
        new("runs", RunVerbs.Create),
        new("verify", host => new VerifyVerb(host)),
        new("site", SiteVerbs.Create),
        new("servers", host => new ServersVerb(host)),
        new("gc", host => new GcVerb(host)),
        new("backup", BackupVerbs.Create),
        new("upgrade", host => new UpgradeVerb(host)),
        new("doctor", host => new DoctorVerb(host)),
        new("rebuild", host => new RebuildVerb(host)),
        new("simulate", SimulateVerbs.Create),
        new("completion", host => new CompletionVerb(host)),
        new("version", host => new VersionVerb(host)),
        new(CompletionScript.DatasetsVerb, host => new CompleteDatasetsVerb(host)),
        new("hdf5-reader", host => new Hdf5ReaderVerb(host)),
    ];
}
