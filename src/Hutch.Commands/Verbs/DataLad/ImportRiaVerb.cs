using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.DataLadClient;
using Hutch.DataLadClient.Stores;
using Hutch.Model.Annex;

namespace Hutch.Commands.Verbs.DataLad;

/// <summary><c>hutch import-ria</c>: datasets of a RIA store become datasets of a server, with their ids, commits and content.</summary>
internal sealed class ImportRiaVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "import-ria",
        "Import datasets from a RIA store of DataLad: every commit with its hash, and the content of all keys, from files and 7z "
        + "archives, checked against the keys. The store is only read. Run it again to resume, or to import new data.",
        "hutch import-ria /data/ria-store --all",
        "hutch import-ria '/data/ria-store#~brain-scans'",
        "hutch import-ria ria+ssh://data.example.org/srv/ria-store --all",
        "hutch import-ria 'ria+http://store.example.org/ria#4a7c8e50-6f0b-4f63-9c2e-1d1f0a7b9c11'")
{
    private const int ShortIdLength = 8;

    private readonly Argument<string> _store = verb.Argument<string>(
        "store",
        "The store: its folder, ria+ssh://HOST/FOLDER or ria+http://HOST/STORE. #ID or #~ALIAS behind it names one dataset.");
    private readonly Option<bool> _all = verb.Option<bool>(
        "--all", "All datasets of the store; of one behind a web server, the named dataset with its subdatasets.");
    private readonly Option<string?> _owner = verb.Option<string?>(
        "--owner NAME", "The user or group that the datasets belong to. Default: you.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var location = RiaLocation.Parse(context.Value(_store)!, context.FullPath);
        if (location.Dataset is null && !(context.Value(_all) && location.Web is null))
        {
            throw ErrorCode.BadRequest.With(location.Web is null
                ? "Say which dataset to import: #ID or #~ALIAS behind the folder, or --all."
                : "A web server does not list its datasets: name one by #ID or #~ALIAS.").ToException();
        }

        DirectoryInfo scratch = Directory.CreateTempSubdirectory("hutch-import-");
        try
        {
            string owner = context.Value(_owner) ?? (await context.Server.GetCallerAsync(cancellationToken)).User;
            Connection connection = await context.LogInAsync(context.ServerConnection, cancellationToken);
            using var import = new RiaImport(
                context.Server, GitAccess.To(connection), owner, scratch.FullName, context.Progress, context.Host.Time);
            await using SshMount? mount = await MountAsync(context, location, scratch, cancellationToken);
            if (mount is not null)
            {
                location = location with { Folder = mount.Folder };
                import.Shown = problem => problem.Replace(mount.Folder, location.Name, StringComparison.Ordinal);
            }

            return await ImportAsync(context, import, location, mount, cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static async Task<SshMount?> MountAsync(
        CliContext context, RiaLocation location, DirectoryInfo scratch, CancellationToken ct) =>
        location.Ssh is not { } address ? null : await SshMount.OpenAsync(
            address, scratch.CreateSubdirectory("store").FullName, context.Host.Environment("GIT_SSH_COMMAND"), context.Host.Time, ct);

    private static async Task<Queue> ListAsync(RiaLocation location, RiaImport import, bool isAll, CancellationToken ct)
    {
        if (location.Folder is { } folder)
        {
            var store = new RiaStore(folder, location.Name, import.Report);
            return new Queue(location.Dataset is { } name ? [store.Find(name)] : store.List(), null);
        }

        string web = location.Web!.ToString().TrimEnd('/');
        DatasetId id = DatasetId.TryParse(location.Dataset, out DatasetId given)
            ? given
            : await import.FindIdAsync($"{web}/{RiaLayout.AliasFolder}/{location.Dataset!.TrimStart('~')}", ct);
        string? alias = location.Dataset!.StartsWith('~') ? location.Dataset[1..] : null;
        return new Queue([new RiaDataset(id, alias, $"{web}/{RiaLayout.PathOf(id)}")], isAll ? web : null);
    }

    private async Task<int> ImportAsync(
        CliContext context, RiaImport import, RiaLocation location, SshMount? mount, CancellationToken ct)
    {
        bool isWhole = true;
        Queue queue = await ReadAsync(() => ListAsync(location, import, context.Value(_all), ct));
        while (queue.Next() is { } next)
        {
            string slug = SlugOf(queue.NameOf(next) ?? "dataset-" + next.Id.ToString()[..ShortIdLength]);
            ImportLine line = await ReadAsync(() => import.RunAsync(next, slug, ct));
            queue.Add(slug, import.Subdatasets);
            isWhole &= line.Problems.Count == 0;
            context.Progress.Dispose();
            string present = line.Present > 0 ? $", {Human.Count(line.Present)} already there" : "";
            context.Print(
                line, CliJson.Default.ImportLine, $"{line.Dataset}: {Human.Count(line.Sent, "key")} sent{present}.  {line.Id}");
            foreach (string problem in line.Problems)
            {
                context.WriteNote("  " + problem.ReplaceLineEndings("\n    "));
            }
        }

        return isWhole ? ExitCode.Ok : ExitCode.Incomplete;

        Task<T> ReadAsync<T>(Func<Task<T>> read) => mount is null ? read() : mount.ReadAsync(location.Name, read, ct);
    }

    private static string SlugOf(string text)
    {
        string slug = string.Concat(text.ToLowerInvariant().Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        slug = slug.Length > MaxSlugLength ? slug[..MaxSlugLength].Trim('-') : slug;
        return Slug.Parse(slug).IsOk ? slug : "dataset-" + slug;
    }

    /// <summary>Room for a number behind it.</summary>
    private const int MaxSlugLength = Slug.MaxLength - 4;

    /// <summary>The datasets to import: superdatasets before their subdatasets, which get their names from them.</summary>
    private sealed class Queue(IEnumerable<RiaDataset> datasets, string? web)
    {
        private readonly List<RiaDataset> _left = [.. datasets];
        private readonly HashSet<DatasetId> _seen = [];
        private readonly Dictionary<DatasetId, string> _names = [];

        public RiaDataset? Next()
        {
            int at = Math.Max(0, _left.FindIndex(one => NameOf(one) is not null));
            if (_left.Count == 0)
            {
                return null;
            }

            RiaDataset next = _left[at];
            _left.RemoveAt(at);
            _seen.Add(next.Id);
            return next;
        }

        public string? NameOf(RiaDataset dataset) => dataset.Alias ?? _names.GetValueOrDefault(dataset.Id);

        public void Add(string name, IReadOnlyList<(DatasetId Id, string Path)> subdatasets)
        {
            foreach ((DatasetId id, string path) in subdatasets)
            {
                _names.TryAdd(id, $"{name}-{path}");
                if (web is not null && _seen.Add(id))
                {
                    _left.Add(new RiaDataset(id, null, $"{web}/{RiaLayout.PathOf(id)}"));
                }
            }
        }
    }
}
