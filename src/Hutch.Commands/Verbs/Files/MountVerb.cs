using System.Runtime.Versioning;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Mount;
using Hutch.Mount.Nesting;

namespace Hutch.Commands.Verbs.Files;

internal sealed class MountVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "mount",
        "Show a dataset as a read-only folder: files are downloaded when programs read them. A version never changes; without "
        + "@SNAPSHOT, the folder follows the dataset. Linux only; needs the package fuse3, and no privileges.",
        "hutch mount alice/lysozyme@3 ~/lysozyme",
        "hutch mount lysozyme /tmp/live --cache 50GiB",
        "hutch mount study /tmp/study --recursive")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required("The dataset, or a version of it as DATASET@SNAPSHOT."));
    private readonly Argument<string> _folder = verb.Argument<string>("directory", "An empty folder; it is made if need be.");
    private readonly Option<bool> _foreground = verb.Option<bool>(
        "--foreground -f", "Stay in the foreground; Ctrl-C unmounts. For services and containers.");
    private readonly Option<string?> _cache = verb.Option<string?>(
        "--cache SIZE", "The size of the cache that all your mounts share, such as 50GiB (default: 10GiB).");
    private readonly Option<string?> _cacheFolder = verb.Option<string?>(
        "--cache-folder DIR", "The folder of the cache (default: $XDG_CACHE_HOME/hutch/mounts).");
    private readonly Option<bool> _recursive = verb.Add(RecursiveOption.Make(
        "Show the datasets inside it, too, at the versions that it names now, in their folders."));
    private readonly Option<string?> _site = verb.Add(SiteOption.Make());

    /// <summary>For the process in the background, whose command has found the datasets inside.</summary>
    private readonly Option<string?> _nested = verb.Add(new Option<string?>("--nested-list") { Hidden = true });

    protected override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken) =>
        OperatingSystem.IsLinux() ? MountAsync(context, cancellationToken) : throw NotHere();

    /// <summary>The refusal of other systems.</summary>
    internal static HutchException NotHere() =>
        (ErrorCode.Unavailable with { Advice = "On other systems, use `rclone mount` over S3." })
            .With("Datasets can be mounted on Linux only.").ToException();

    [SupportedOSPlatform("linux")]
    private async Task<int> MountAsync(CliContext context, CancellationToken cancellationToken)
    {
        MountOptions options = Read(context);
        string folder = context.Value(_folder)!;
        if (!context.Value(_foreground))
        {
            // A wrong name is refused here, with its advice and exit code.
            (DatasetInfo named, string? version) = await context.ResolveWithDataAsync(
                context.Value(_dataset), context.Value(_site), cancellationToken);
            IReadOnlyList<NestedMount> found = await FindNestedAsync(context, named, version, cancellationToken);
            Connection server = context.ServerConnection;
            string log = await BackgroundMount.StartAsync(
                context, server,
                [
                    "mount", context.Value(_dataset)!, options.Folder, "--foreground", "--cache-folder", options.CacheFolder,
                    "--cache", options.CacheBytes.ToString(CultureInfo.InvariantCulture),
                ],
                found, cancellationToken);
            Print(context, log, $" `hutch unmount {folder}` unmounts it.");
            return ExitCode.Ok;
        }

        (DatasetInfo dataset, string? at) = await context.ResolveWithDataAsync(
            context.Value(_dataset), context.Value(_site), cancellationToken);
        IReadOnlyList<NestedMount> nested = context.Value(_nested) is { } list
            ? BackgroundMount.ReadNested(list)
            : await FindNestedAsync(context, dataset, at, cancellationToken);
        Connection connection = context.ServerConnection;
        using var client = new HutchClient(
            connection.Remote, connection.Token, DatasetMount.ClientOptions(connection.Trust, context.LoginOf(connection)));
        var mount = new DatasetMount(client, options, context.Host.Time, message => context.Host.Error.WriteLine("hutch: " + message));
        await mount.RunAsync(
            dataset, at, nested, name => Print(context, $"{name} is mounted on {options.Folder}.", " Ctrl-C unmounts it."),
            cancellationToken);
        return ExitCode.Ok;
    }

    /// <summary>Finds the datasets inside that are mounted, and names those whose folders are empty.</summary>
    private async Task<IReadOnlyList<NestedMount>> FindNestedAsync(
        CliContext context, DatasetInfo dataset, string? at, CancellationToken cancellationToken)
    {
        bool isRecursive = context.Value(_recursive);
        var nested = new List<NestedMount>();
        if (context.Quiet && !isRecursive)
        {
            return nested; // also the process in the background, whose command has named them
        }

        var run = new NestedRun(
            context, context.Value(_site), isRecursive, VisitAsync,
            static nested => $"mount {RecursiveOption.Versioned(nested)} DIRECTORY")
        {
            AtEachPath = true,
        };
        _ = await run.RunAsync(new NestedTarget(dataset.Id, at, "") { Info = dataset }, cancellationToken);
        if (!context.Quiet)
        {
            run.Report();
        }

        return nested;

        async Task<NestedVisit> VisitAsync(NestedTarget target, CancellationToken ct)
        {
            if (target.Path.Length == 0)
            {
                return new NestedVisit(ExitCode.Ok, target.At) { IsNewest = true };
            }

            string version = target.At ?? await FindVersionAsync(context, target, ct);
            nested.Add(new NestedMount(target.Path, target.Dataset, version));
            return new NestedVisit(ExitCode.Ok, version);
        }
    }

    /// <summary>Finds the version of a nested dataset: that of the commit that is named, or the newest if none is.</summary>
    private static async Task<string> FindVersionAsync(CliContext context, NestedTarget target, CancellationToken cancellationToken)
    {
        if (target.Commit is { } commit)
        {
            return NumberText(await context.Server.GetSnapshotAsync(target.Dataset, commit, cancellationToken));
        }

        await foreach (SnapshotInfo newest in context.Server.ListSnapshotsAsync(target.Dataset, cancellationToken))
        {
            return NumberText(newest);
        }

        throw ErrorCode.NotFound.With("It has no version, and only versions are shown inside another dataset.").ToException();
    }

    private static string NumberText(SnapshotInfo snapshot) => snapshot.Number.ToString(CultureInfo.InvariantCulture);

    private static void Print(CliContext context, string mounted, string next)
    {
        context.Host.Out.WriteLine(mounted + (context.Quiet || context.Json ? "" : next));
        context.Host.Out.Flush();
    }

    private MountOptions Read(CliContext context)
    {
        string folder = context.Value(_cacheFolder) is { } named
            ? context.FullPath(named)
            : Path.Combine(UserFolders.Find(context.Host.Environment, "XDG_CACHE_HOME", ".cache"), "mounts");
        long bytes = context.Value(_cache) is { } size ? Sizes.Parse(size).Value : MountOptions.DefaultCacheBytes;
        return bytes >= MountOptions.MinCacheBytes
            ? new MountOptions { Folder = context.FullPath(context.Value(_folder)!), CacheFolder = folder, CacheBytes = bytes }
            : throw ErrorCode.BadRequest.With(
                $"--cache is {Display.Bytes(bytes)}; it must be at least {Display.Bytes(MountOptions.MinCacheBytes)}.").ToException();
    }
}
