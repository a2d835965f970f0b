using Hutch.Model.Annex;

namespace Hutch.DataLadClient.Stores;

/// <summary>
/// The bare repository of a dataset: a copy of the one in a foreign store or at the server. A store that is read is never written to, and
/// the configuration of its repositories has no effect.
/// </summary>
internal sealed class ForeignRepository
{
    private const string AnnexBranch = "refs/heads/git-annex";
    private const string LogEnd = ".log";

    private static readonly string[] Kinds = ["heads", "tags", "notes"];

    /// <summary>A web server that sends nothing for a minute is given up.</summary>
    private static readonly string[] SpeedLimitOptions = ["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"];

    private readonly GitProgram _git;

    private ForeignRepository(GitProgram git) => _git = git;

    /// <summary>Including repositories of other users: git only reads them.</summary>
    private const string UploadPack = "--upload-pack=git -c safe.directory='*' upload-pack";

    /// <summary>The branch that a clone gets; null when there is no commit.</summary>
    public string? Head { get; private set; }

    public bool HasAnnex { get; private set; }

    public static Task<ForeignRepository> FetchAsync(
        string address, string folder, IReadOnlyList<(string, string)> settings, CancellationToken ct) =>
        FetchAsync(address, folder, "+", settings, ct);

    /// <summary>Brings a repository up to date. Branches that went on by themselves are refused, in git's words.</summary>
    public static async Task<ForeignRepository> UpdateAsync(
        string address, string folder, IReadOnlyList<(string, string)> settings, CancellationToken ct)
    {
        // The settings have a token, which must not go where the configuration of that repository says.
        string between = Directory.CreateTempSubdirectory("hutch-export-").FullName;
        try
        {
            ForeignRepository copy = await FetchAsync(address, between, settings, ct);
            await copy.PointHeadAsync(ct);
            return await FetchAsync(between, folder, "", [], ct);
        }
        finally
        {
            Directory.Delete(between, recursive: true);
        }
    }

    private static async Task<ForeignRepository> FetchAsync(
        string address, string folder, string force, IReadOnlyList<(string, string)> settings, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var git = new GitProgram(folder, settings);
        await git.DoAsync(["init", "--quiet", "--bare", "."], ct);
        string[] refs = [.. Kinds.Select(kind => $"{force}refs/{kind}/*:refs/{kind}/*")];
        await git.DoAsync([.. SpeedLimitOptions, "fetch", "--quiet", "--no-auto-gc", UploadPack, address, .. refs], ct);
        string symbolic = await git.ReadAsync(["ls-remote", "--symref", UploadPack, address, "HEAD"], ct);
        string[] branches = (await git.ReadAsync(["for-each-ref", "--format=%(refname)", "refs/heads"], ct)).Split('\n');
        string head = symbolic.StartsWith("ref: ", StringComparison.Ordinal) ? symbolic["ref: ".Length..].Split('\t')[0] : "";
        string[] own = [.. branches.Where(static name => name.Length > 0 && name != AnnexBranch)];
        return new ForeignRepository(git)
        {
            Head = own.Contains(head) ? head : own.FirstOrDefault(),
            HasAnnex = branches.Contains(AnnexBranch),
        };
    }

    /// <summary>The id that the dataset has at the newest commit; null when it says none.</summary>
    public async Task<DatasetId?> IdAsync(CancellationToken ct) =>
        Head is not null && await _git.RequestAsync(["config", "--blob", $"{Head}:.datalad/config", "datalad.dataset.id"], ct) is { } text
            && DatasetId.TryParse(text, out DatasetId id)
            ? id
            : null;

    /// <summary>The subdatasets of the newest commit, with the paths at which they are.</summary>
    public async Task<IReadOnlyList<(DatasetId Id, string Path)>> SubdatasetsAsync(CancellationToken ct)
    {
        string said = Head is null ? "" : await _git.RequestAsync(
            ["config", "--blob", $"{Head}:.gitmodules", "--get-regexp", @"^submodule\..*\.(datalad-id|path)$"], ct) ?? "";
        var values = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', 2))
            .Where(static parts => parts.Length == 2)
            .GroupBy(static parts => parts[0], static parts => parts[1], StringComparer.Ordinal)
            .ToDictionary(static one => one.Key, static one => one.Last(), StringComparer.Ordinal);
        var found = new List<(DatasetId, string)>();
        foreach ((string name, string value) in values.Where(static one => one.Key.EndsWith(".datalad-id", StringComparison.Ordinal)))
        {
            string path = values.GetValueOrDefault(name[..^"datalad-id".Length] + "path", "");
            if (path.Length > 0 && DatasetId.TryParse(value, out DatasetId id))
            {
                found.Add((id, path));
            }
        }

        return found;
    }

    /// <summary>All keys that the branch git-annex has a log of.</summary>
    public async Task<IReadOnlyCollection<string>> KeysAsync(CancellationToken ct)
    {
        string said = HasAnnex ? await _git.ReadAsync(["ls-tree", "-r", "-z", "--name-only", AnnexBranch], ct) : "";
        return
        [
            .. said.Split('\0').Where(static path => path.EndsWith(LogEnd, StringComparison.Ordinal))
                .Select(static path => path.Split('/')).Where(static parts => parts.Length == 3)
                .Select(static parts => parts[2][..^LogEnd.Length]).Where(static key => KeyName.Parse(key) is not null),
        ];
    }

    /// <summary>Adds a commit to the branch git-annex that says which keys the server has; none when the branch says so already.</summary>
    public async Task RecordAsync(DatasetId dataset, IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        if (!HasAnnex)
        {
            return;
        }

        string time = (await _git.RequestAsync(["log", "-1", "--format=%ct", AnnexBranch], ct))!;
        var storage = new StorageLogs(dataset, long.Parse(time, CultureInfo.InvariantCulture));
        (string Path, string Line)[] wanted =
        [
            (StorageLogs.RemoteLog, storage.Remote), (StorageLogs.UuidLog, storage.Description),
            .. keys.Order(StringComparer.Ordinal).Select(key => (AsBytes(StorageLogs.LogOf(key)), storage.Present)),
        ];
        string asked = string.Concat(wanted.Select(static one => $"{AnnexBranch}:{one.Path}\n"));
        string logs = await _git.FeedAsync(["cat-file", "--batch"], asked, ct);
        var changes = new StringBuilder();
        int at = 0;
        foreach ((string path, string line) in wanted)
        {
            string had = TakeObject(logs, ref at);
            if (!(line == storage.Present ? storage.IsIn(had) : had.Contains(storage.Uuid, StringComparison.Ordinal)))
            {
                string before = had.Length == 0 || had.EndsWith('\n') ? had : had + "\n";
                int length = before.Length + line.Length;
                changes.Append(CultureInfo.InvariantCulture, $"M 100644 inline {path}\ndata {length}\n{before}{line}\n");
            }
        }

        if (changes.Length > 0)
        {
            string who = $"hutch <hutch@import> {time} +0000";
            await _git.FeedAsync(
                ["fast-import", "--quiet"],
                $"commit {AnnexBranch}\nauthor {who}\ncommitter {who}\ndata 9\nImported\n\nfrom {AnnexBranch}^0\n{changes}\n", ct);
        }
    }

    /// <summary>Makes it a repository that DataLad takes for one of a RIA store, even behind a plain web server.</summary>
    public async Task PublishAsync(string storage, CancellationToken ct)
    {
        await PointHeadAsync(ct);
        await _git.DoAsync(["config", "datalad.ora-remote.uuid", storage], ct);
        await _git.DoAsync(["update-server-info"], ct);
    }

    /// <summary>Pushes everything: first the branch of versions, and then all others and the tags.</summary>
    public async Task PushAsync(string address, CancellationToken ct)
    {
        if (Head is null)
        {
            return;
        }

        string[] annex = HasAnnex ? [$"+{AnnexBranch}:{AnnexBranch}"] : [];
        await _git.DoAsync(["push", "--quiet", address, $"{Head}:{Head}", .. annex], ct);
        string refs = await _git.ReadAsync(["for-each-ref", "--format=%(refname)", .. Kinds.Select(static kind => "refs/" + kind)], ct);
        string[] others = [.. refs.Split('\n').Where(name => name.Length > 0 && name != Head && name != AnnexBranch)];
        if (others.Length > 0)
        {
            await _git.DoAsync(["push", "--quiet", address, .. others.Select(static name => $"{name}:{name}")], ct);
        }
    }

    private async Task PointHeadAsync(CancellationToken ct)
    {
        if (Head is not null)
        {
            await _git.DoAsync(["symbolic-ref", "HEAD", Head], ct);
        }
    }

    private static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Takes the next object of what <c>cat-file --batch</c> printed; empty for one that is not there.</summary>
    private static string TakeObject(string text, ref int at)
    {
        int end = text.IndexOf('\n', at);
        string head = text[at..end];
        at = end + 1;
        if (head.EndsWith(" missing", StringComparison.Ordinal))
        {
            return "";
        }

        int length = int.Parse(head[(head.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        string content = text.Substring(at, length);
        at += length + 1;
        return content;
    }
}
