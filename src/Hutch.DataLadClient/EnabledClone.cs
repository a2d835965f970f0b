using System.Net;
using Hutch.Client.Configuration;

namespace Hutch.DataLadClient;

/// <summary>
/// A clone of git that is set up so that <c>datalad push</c> brings content and commits to a server in one go: in git's own configuration
/// of this clone, and nowhere else.
/// </summary>
public sealed class EnabledClone(GitProgram git)
{
    /// <summary>The section of git's configuration that says where the storage of a uuid is.</summary>
    public const string Section = "hutch";

    public const string ServerName = "server";
    public const string DatasetName = "dataset";
    private const string AllowedName = "allowed";

    /// <summary>The private addresses that git-annex may contact, separated by blanks; or <c>all</c>.</summary>
    private const string AllowedAddresses = "annex.security.allowed-ip-addresses";

    private const string StorageName = "hutch-storage";
    private const string Ora = "ora";
    private const string Own = "hutch";

    /// <summary>
    /// Has git-annex leave DataLad's configuration to git. Datasets that DataLad made say so in <c>.datalad/.gitattributes</c>; in those
    /// of a server, a changed configuration would be a link, and no clone could read it before its content.
    /// </summary>
    private const string KeepConfigurationInGit = "/.datalad/config annex.largefiles=nothing";

    /// <summary>
    /// The keys that the server can check. Without this list, one other key makes `datalad push` fail before it sends the commits.
    /// </summary>
    private static readonly string Wanted = string.Join(
        " or ",
        ((string[])["MD5", "SHA1", "SHA256", "SHA384", "SHA512", "SHA3_256", "SHA3_512"]).Select(
            static one => $"inbackend={one} or inbackend={one}E"));

    private readonly List<string> _lines = [];

    /// <summary>The changes made, as the commands that make them.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The address of a remote that looks like a dataset of a server, and its name; null when there is none.</summary>
    public async Task<(string Remote, Uri Server, string Dataset)?> FindAsync(CancellationToken ct)
    {
        string[] remotes = (await git.RequestAsync(["remote"], ct) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string remote in remotes.OrderByDescending(static name => name == "origin"))
        {
            string? url = await git.RequestAsync(["config", $"remote.{remote}.url"], ct);
            if (url is not null && Parse(url) is { } found)
            {
                return (remote, found.Server, found.Dataset);
            }
        }

        return null;
    }

    /// <summary>Lets git in this clone believe a server whose certificate has an authority of its own.</summary>
    public Task TrustAsync(Uri server, string caFile, CancellationToken ct) =>
        SetAsync($"http.{server.GetLeftPart(UriPartial.Authority)}.sslCAInfo", caFile, ct);

    /// <summary>Lets git in this clone use the login of hutch at a server.</summary>
    public Task LogInAsync(Uri server, string program, CancellationToken ct) =>
        DoAsync(CredentialHelper.Set(server, "--local", program), ct);

    /// <param name="remote">The remote that pushes go to; it is added when it is not there.</param>
    /// <param name="nearby">The addresses of the server that git-annex must be let at.</param>
    public async Task EnableAsync(
        HutchClient server, DatasetInfo dataset, string remote, IReadOnlyList<IPAddress> nearby, CancellationToken ct)
    {
        string uuid = UuidOf(await server.GetRepositoryFileAsync(dataset.Id, "config", ct));
        await SetAsync($"{Section}.{uuid}.{ServerName}", RemoteAddress.Key(server.Remote), ct);
        await SetAsync($"{Section}.{uuid}.{DatasetName}", dataset.Id.ToString(), ct);
        await AllowAsync(uuid, nearby, ct);
        if (await git.RequestAsync(["config", $"remote.{remote}.url"], ct) is null)
        {
            await DoAsync(["remote", "add", remote, server.RepositoryOf(dataset.Id).ToString()], ct);
        }

        // Content has its own way: git-annex need not ask here for it.
        await SetAsync($"remote.{remote}.annex-ignore", "true", ct);
        await DoAsync(["fetch", "--quiet", remote], ct);
        if (await StorageAsync(uuid, ct) is null)
        {
            await MakeStorageAsync(uuid, ct);
        }

        string storage = await StorageAsync(uuid, ct)
            ?? throw ErrorCode.Unprocessable.With("git-annex did not take the storage of the server as a remote.").ToException();
        await SetAsync($"remote.{storage}.annex-externaltype", Own, ct);
        await SetAsync($"remote.{remote}.datalad-publish-depends", storage, ct);
        if (await git.RequestAsync(["annex", "wanted", storage], ct) is "")
        {
            await DoAsync(["annex", "wanted", storage, Wanted], ct);
        }

        await AddAttributeAsync(KeepConfigurationInGit, ct);
    }

    /// <summary>Takes back what <see cref="EnableAsync"/> set; remotes stay, and content is read as from any RIA store.</summary>
    public async Task DisableAsync(CancellationToken ct)
    {
        string known = await git.RequestAsync(["config", "--get-regexp", @"^remote\..*\.annex-externaltype$"], ct) ?? "";
        foreach (string line in known.Split('\n').Where(static line => line.EndsWith(" " + Own, StringComparison.Ordinal)))
        {
            await SetAsync(line.Split(' ')[0], Ora, ct);
        }

        string sections = await git.RequestAsync(["config", "--name-only", "--get-regexp", $@"^{Section}\..*\.{ServerName}$"], ct) ?? "";
        foreach (string name in sections.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await ForbidAsync(name[..name.LastIndexOf('.')], ct);
            if (await git.RequestAsync(["config", name], ct) is { } server)
            {
                _ = await git.RequestAsync(CredentialHelper.Unset(new Uri(server), "--local"), ct);
            }

            await DoAsync(["config", "--remove-section", name[..name.LastIndexOf('.')]], ct);
        }
    }

    /// <summary>Lets git-annex in this clone at addresses nearby: those of one server, and no others.</summary>
    internal async Task AllowAsync(string uuid, IReadOnlyList<IPAddress> nearby, CancellationToken ct)
    {
        string[] allowed = Words(await git.RequestAsync(["config", AllowedAddresses], ct));
        string[] missing = allowed.Contains("all") ? [] : [.. nearby.Select(static one => one.ToString()).Except(allowed)];
        if (missing.Length > 0)
        {
            await SetAsync(AllowedAddresses, string.Join(' ', [.. allowed, .. missing]), ct);
            await SetAsync($"{Section}.{uuid}.{AllowedName}", string.Join(' ', missing), ct);
        }
    }

    /// <summary>Revokes the addresses that were allowed for one server, and leaves all others.</summary>
    internal async Task ForbidAsync(string section, CancellationToken ct)
    {
        string[] ours = Words(await git.RequestAsync(["config", $"{section}.{AllowedName}"], ct));
        string[] here = Words(await git.RequestAsync(["config", "--local", AllowedAddresses], ct));
        string[] left = [.. here.Except(ours)];
        if (left.Length < here.Length)
        {
            string[] change = left.Length > 0 ? [AllowedAddresses, string.Join(' ', left)] : ["--unset", AllowedAddresses];
            await DoAsync(["config", .. change], ct);
        }
    }

    private static string[] Words(string? value) => (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static (Uri Server, string Dataset)? Parse(string url)
    {
        if (!Uri.TryCreate(url.StartsWith("ria+", StringComparison.Ordinal) ? url[4..] : url, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("http" or "https"))
        {
            return null;
        }

        string[] parts = Uri.UnescapeDataString(uri.AbsolutePath).Trim('/').Split('/');
        string? dataset = parts switch
        {
            ["git", var owner, var name] => $"{owner}/{WithoutSuffix(name)}",
            ["git", var id] => WithoutSuffix(id),
            ["ria", "alias", var owner, var name] => $"{owner}/{name}",
            ["ria", var start, var rest] => start + rest,
            _ => null,
        };
        return dataset is null ? null : (new Uri(uri.GetLeftPart(UriPartial.Authority)), dataset);
    }

    private static string WithoutSuffix(string name) => name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4] : name;

    private static string UuidOf(string configuration)
    {
        const string Word = "uuid = ";
        int at = configuration.LastIndexOf(Word, StringComparison.Ordinal);
        return at >= 0
            ? configuration[(at + Word.Length)..].Split('\n')[0].Trim()
            : throw ErrorCode.NotFound.With("The server does not show this dataset to DataLad.").ToException();
    }

    /// <summary>The name of the special remote that has a uuid; null when this clone has none.</summary>
    private async Task<string?> StorageAsync(string uuid, CancellationToken ct)
    {
        string known = await git.RequestAsync(["config", "--get-regexp", @"^remote\..*\.annex-uuid$"], ct) ?? "";
        foreach (string line in known.Split('\n').Where(line => line.EndsWith(" " + uuid, StringComparison.Ordinal)))
        {
            string name = line["remote.".Length..line.LastIndexOf(".annex-uuid", StringComparison.Ordinal)];
            if (await git.RequestAsync(["config", $"remote.{name}.annex-externaltype"], ct) is not null)
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Takes the storage as a remote: as the branch git-annex knows it, or as the first to name it.</summary>
    private async Task MakeStorageAsync(string uuid, CancellationToken ct)
    {
        if (await git.RequestAsync(["rev-parse", "--verify", "--quiet", "refs/heads/git-annex"], ct) is null)
        {
            await DoAsync(["annex", "init", "--quiet"], ct);
        }

        await DoAsync(["annex", "merge", "--quiet"], ct);
        string known = await git.RequestAsync(["show", "git-annex:remote.log"], ct) ?? "";
        if (known.Contains(uuid, StringComparison.Ordinal))
        {
            await DoAsync(["annex", "enableremote", uuid, "externaltype=hutch"], ct);
            return;
        }

        string[] words = ["type=external", "externaltype=hutch", "encryption=none", "autoenable=true", "uuid=" + uuid];
        await DoAsync(["annex", "initremote", StorageName, .. words], ct);
    }

    /// <summary>Adds a line to the attributes of this clone, where it is not there yet.</summary>
    private async Task AddAttributeAsync(string line, CancellationToken ct)
    {
        string attributes = await git.ReadAsync(["rev-parse", "--path-format=absolute", "--git-path", "info/attributes"], ct);
        string[] known = File.Exists(attributes) ? await File.ReadAllLinesAsync(attributes, ct) : [];
        if (known.Contains(line))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(attributes)!);
        await File.WriteAllLinesAsync(attributes, [.. known, line], ct);
        _lines.Add($"echo '{line}' >>{attributes}");
    }

    private Task SetAsync(string name, string value, CancellationToken ct) => DoAsync(["config", name, value], ct);

    private async Task DoAsync(string[] arguments, CancellationToken ct)
    {
        await git.DoAsync(arguments, ct);
        _lines.Add("git " + string.Join(' ', arguments));
    }
}
