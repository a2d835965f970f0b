using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hutch.Agent;
using Hutch.Api;
using Hutch.DataLad.Keys;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Store;
using Hutch.DataLad.Wire;
using Hutch.Datasets;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Write.Folders;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.DataLad.Tests.Support;

/// <summary>A whole server with the door of git, on a folder of its own that goes with it.</summary>
internal sealed class GitServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-datalad-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(5) };
    private const int UnnamedKeyDays = 30;

    private readonly DataLadOptions _options;
    private readonly TimeProvider _time;
    private readonly PackCache _noPacks = new(0);
    private readonly PackGate _gate = new(1, 1);
    private HutchServer _server = null!;
    private KeyExpiry? _expiry;

    private readonly Uri? _publicUrl;

    private string? _adopts;

    /// <summary>The age at which files in folders are hashed. Applies from the next start on.</summary>
    public int QuietSeconds { get; set; } = 86_400;

    private GitServer(DataLadOptions options, TimeProvider time, Uri? publicUrl) =>
        (_options, _time, _publicUrl) = (options, time, publicUrl);

    public string AdminToken { get; private set; } = "";

    public RepositoryModule Repositories => _server.Modules.Repositories;

    /// <summary>Finds callers.</summary>
    public Authenticator Authenticator => _server.Zone.Authenticator;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="adopts">A folder below which folders may be adopted; null for none.</param>
    public static async Task<GitServer> StartAsync(
        DataLadOptions? options = null, TimeProvider? time = null, Uri? publicUrl = null, string? adopts = null)
    {
        var server = new GitServer(options ?? new DataLadOptions(), time ?? TimeProvider.System, publicUrl) { _adopts = adopts };
        await server.StartServerAsync();
        server.AdminToken = (await File.ReadAllTextAsync(Path.Combine(server._folder, AdminAccount.TokenFileName), Ct)).Trim();
        return server;
    }

    public async Task RestartAsync()
    {
        await _server.DisposeAsync();
        _expiry = null;
        await StartServerAsync();
    }

    /// <summary>Flips a bit of content on the disk.</summary>
    public void Damage(byte[] content)
    {
        foreach (string path in Directory.EnumerateFiles(_folder, "*.tar", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            int at = bytes.AsSpan().IndexOf(content);
            if (at >= 0)
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.Position = at;
                file.WriteByte((byte)(content[0] ^ 1));
                return;
            }
        }

        Assert.Fail("The content is in no segment.");
    }

    /// <summary>Asks the REST interface.</summary>
    public async Task<JsonElement> RestAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server.Address, "api/v1/" + path));
        request.Headers.Authorization = new("Bearer", token ?? AdminToken);
        request.Content = body switch
        {
            null => null,
            string text => new StringContent(text),
            byte[] bytes => new ByteArrayContent(bytes),
            HttpContent content => content,
            _ => JsonContent.Create(body),
        };
        using HttpResponseMessage answer = await _http.SendAsync(request, Ct);
        string said = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {said}");
        return said.Length > 0 ? JsonDocument.Parse(said).RootElement.Clone() : default;
    }

    /// <summary>A dataset with some files, its head fixed.</summary>
    public async Task<string> NewDatasetAsync(string name, bool isPublic, params (string Path, string Content)[] files)
    {
        string id = (await RestAsync(HttpMethod.Post, "datasets", new { name })).GetProperty("id").GetString()!;
        foreach ((string path, string content) in files)
        {
            await RestAsync(HttpMethod.Put, $"datasets/{id}/entries/{path}", content);
        }

        if (files.Length > 0)
        {
            await FixAsync(id);
        }

        if (isPublic)
        {
            await RestAsync(HttpMethod.Patch, $"datasets/{id}", new { visibility = "public" });
        }

        return id;
    }

    /// <summary>The text of a file of a dataset.</summary>
    public async Task<string> ReadAsync(string id, string path) => Encoding.UTF8.GetString(await ReadBytesAsync(id, path));

    /// <summary>The bytes of a file of a dataset.</summary>
    public async Task<byte[]> ReadBytesAsync(string id, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Address, $"api/v1/datasets/{id}/entries/{path}"));
        request.Headers.Authorization = new("Bearer", AdminToken);
        using HttpResponseMessage answer = await _http.SendAsync(request, Ct);
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    /// <summary>Fixes the head of a dataset.</summary>
    public Task FixAsync(string id, string? tag = null) => RestAsync(HttpMethod.Post, $"datasets/{id}/snapshots", new { message = "Fixed", tag });

    /// <summary>A new account's token.</summary>
    public async Task<string> UserAsync(string name) => (await RestAsync(HttpMethod.Post, "users", new { name })).GetProperty("token").GetString()!;

    /// <summary>Asks the door of git.</summary>
    public async Task<GitAnswer> GitAsync(
        HttpMethod method, string path, string? token = null, byte[]? body = null, string? protocol = "version=2", string? coding = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server.Address, path));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("any:" + token)));
        }

        if (protocol is not null)
        {
            request.Headers.Add("Git-Protocol", protocol);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (coding is not null)
            {
                request.Content.Headers.ContentEncoding.Add(coding);
            }
        }

        using HttpResponseMessage answer = await _http.SendAsync(request, Ct);
        return new GitAnswer(
            answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Ct), answer.Content.Headers.ContentLength,
            answer.Headers.WwwAuthenticate.ToString(), answer.Headers.CacheControl?.ToString() ?? "");
    }

    /// <summary>Asks for the content of a key, or sends it.</summary>
    public Task<GitAnswer> KeyAsync(string id, HttpMethod method, string key, byte[]? content, string? token = null) =>
        GitAsync(method, $"git/{id}/annex/objects/{key}", token ?? AdminToken, content, protocol: null);

    /// <summary>Sends a part of the content of a key; the body may end before the part does, as when a connection breaks.</summary>
    public async Task<(HttpStatusCode Status, string? Offset, string Text)> PartAsync(
        string id, string key, byte[] body, string range, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(_server.Address, $"git/{id}/annex/objects/{key}"));
        request.Headers.Authorization = new("Bearer", token ?? AdminToken);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        using HttpResponseMessage answer = await _http.SendAsync(request, Ct);
        return (
            answer.StatusCode, answer.Headers.TryGetValues("Hutch-Offset", out IEnumerable<string>? said) ? said.Single() : null,
            await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>The refs that a push begins from.</summary>
    public async Task<string> RefsAsync(string id) =>
        (await GitAsync(HttpMethod.Get, $"git/{id}/info/refs?service=git-receive-pack", AdminToken)).Text;

    /// <summary>Everything that a commit leads to, as a clone gets it.</summary>
    public async Task<IReadOnlyDictionary<ObjectId, (ObjectKind Kind, byte[] Content)>> FetchAsync(string id, ObjectId tip)
    {
        byte[] body = Encoding.ASCII.GetBytes($"0012command=fetch\n00010032want {tip}\n0009done\n0000");
        byte[] answer = (await GitAsync(HttpMethod.Post, $"git/{id}/git-upload-pack", AdminToken, body)).Body;
        var pack = new List<byte>();
        for (int at = 0, length; at < answer.Length; at += Math.Max(length, 4))
        {
            length = int.Parse(answer.AsSpan(at, 4), System.Globalization.NumberStyles.HexNumber, null);
            if (length > 5 && answer[at + 4] == PktLines.PackBand)
            {
                pack.AddRange(answer[(at + 5)..(at + length)]);
            }
        }

        byte[] bytes = [.. pack];
        var got = new GotObjects();
        var entries = new PackEntries(
            (destination, offset) =>
            {
                int length = (int)Math.Min(destination.Length, Math.Max(0, bytes.Length - offset));
                bytes.AsSpan((int)offset, length).CopyTo(destination);
                return length;
            },
            bytes.Length - ObjectId.Size, int.MaxValue);
        int count = PackEntries.CountOf(bytes.AsSpan(0, GitPackWriter.HeadBytes), int.MaxValue);
        new PackUnpacker(entries, count, bytes.Length - ObjectId.Size, got, long.MaxValue).Run(Ct);
        return got.Objects;
    }

    /// <summary>How many packs a repository is stored in.</summary>
    public async Task<int> CountPacksAsync(string id)
    {
        SiteDataset dataset = await DatasetAsync(id);
        return await Repositories.KeptVersions.EnumerateAsync(dataset.Repository!.Value, Ct)
            .CountAsync(static file => file.Path.Value.EndsWith(".pack", StringComparison.Ordinal), Ct);
    }

    /// <summary>What is recorded of a dataset.</summary>
    public async Task<SiteDataset> DatasetAsync(string id)
    {
        Caller caller = (await Authenticator.AuthenticateAsync(AdminToken, IPAddress.Loopback, Ct)).Value;
        return (await Repositories.KeptVersions.FindReadableAsync(caller, new DatasetId(Guid.Parse(id)), Ct)).Value;
    }

    /// <summary>What a site that has a repository says to another one that is to take its place.</summary>
    public Task<HutchError?> CheckAsync(string id, TreeRoot? before, TreeRoot offered)
    {
        var stored = new RepositoryStore(Repositories.KeptVersions, _noPacks, LocalDisk.Instance, _folder);
        var check = new RepositoryCheck(stored, _options.MaxObjectBytes);
        return check.FindFaultAsync(new DatasetId(Guid.Parse(id)), before, offered, Ct);
    }

    /// <summary>The index that a pack ought to have.</summary>
    public byte[] IndexOf(byte[] pack)
    {
        IDiskFile file = ScratchFile.Open(LocalDisk.Instance, _folder, Guid.NewGuid());
        file.Write(pack, 0);
        var read = new Pack(file, pack.Length, [], [], 0);
        byte[] index = PackIndexer.MakeIndex(read, int.MaxValue, Ct).Bytes.ToArray();
        read.Release();
        return index;
    }

    /// <summary>Ends the keys that nothing names, as it is done once a day.</summary>
    public async Task<int> EndKeysAsync()
    {
        var stored = new RepositoryStore(Repositories.KeptVersions, _noPacks, LocalDisk.Instance, _folder);
        _expiry ??= new KeyExpiry(
            Repositories.ExpiredAnnexKeys, new NamedKeys(Repositories.KeptVersions, stored, _gate, UnnamedKeyDays), NullLogger<KeyExpiry>.Instance);
        return await _expiry.RunAsync(_time.GetUtcNow(), Ct);
    }

    /// <summary>The status of an answer of the REST interface.</summary>
    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, object body, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server.Address, "api/v1/" + path));
        request.Headers.Authorization = new("Bearer", token ?? AdminToken);
        request.Content = JsonContent.Create(body);
        using HttpResponseMessage answer = await _http.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    public Task<GitAnswer> PushAsync(
        string id, PackBuilder pack, (string Name, ObjectId From, ObjectId To) command, string? token = null) =>
        PushAsync(id, pack.Build(), command, token ?? AdminToken);

    public Task<GitAnswer> PushAllAsync(string id, PackBuilder pack, params (string Name, ObjectId From, ObjectId To)[] commands) =>
        PushAsync(id, pack.Build(), commands, AdminToken);

    public Task<GitAnswer> PushAsync(string id, byte[] pack, (string Name, ObjectId From, ObjectId To) command, string token) =>
        PushAsync(id, pack, [command], token);

    private Task<GitAnswer> PushAsync(string id, byte[] pack, (string Name, ObjectId From, ObjectId To)[] commands, string token)
    {
        string lines = "";
        foreach ((string name, ObjectId from, ObjectId to) in commands)
        {
            string line = $"{from} {to} {name}" + (lines.Length == 0 ? "\0report-status side-band-64k" : "");
            lines += $"{Encoding.UTF8.GetByteCount(line) + 4:x4}{line}";
        }

        byte[] body = [.. Encoding.UTF8.GetBytes(lines + "0000"), .. pack];
        return GitAsync(HttpMethod.Post, $"git/{id}/git-receive-pack", token, body, protocol: null);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _noPacks.Dispose();
        _gate.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartServerAsync()
    {
        var options = new ServeOptions
        {
            DataFolder = _folder,
            HttpAddress = "127.0.0.1:0",
            Time = _time,
            Api = new ApiOptions { StopSeconds = 2 },
            Zone = new ZoneOptions { Durable = false, PublicUrl = _publicUrl, Accounts = new AccountOptions { HashIterations = 10 } },
            DataLad = _options,
            Adopt = new AdoptOptions { Roots = _adopts is null ? [] : [_adopts] },
            Site = new SiteOptions { Folders = new FolderOptions { QuietSeconds = QuietSeconds } },
        };
        _server = await HutchServer.StartAsync(options, Ct);
    }
}

/// <summary>Keeps the objects of a pack.</summary>
internal sealed class GotObjects : IObjectSink
{
    private readonly Dictionary<ObjectId, (ObjectKind Kind, byte[] Content)> _objects = [];

    public IReadOnlyDictionary<ObjectId, (ObjectKind Kind, byte[] Content)> Objects => _objects;

    public bool Needs(ObjectId id) => true;

    public void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content) => _objects[id] = (kind, content.ToArray());
}

/// <summary>What the door answered.</summary>
internal sealed record GitAnswer(HttpStatusCode Status, byte[] Body, long? Length, string Asks, string Caching)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>What somebody learns from it.</summary>
    public (HttpStatusCode Status, string Text, string Asks) Said => (Status, Text, Asks);
}
