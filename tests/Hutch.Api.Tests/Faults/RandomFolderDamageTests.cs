using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Server;
using Hutch.Testing.Damage;

namespace Hutch.Api.Tests.Faults;

/// <summary>
/// Whatever happens at rest to <c>zone.db</c> and to the content of <c>VERSION</c>: the start is refused with words that name the file, and
/// nothing is changed; or the server is what it was. The log of a server that was killed can lose its end, as in a power cut: then others may
/// miss something, and strangers still read nothing that is private.
/// </summary>
public sealed class RandomFolderDamageTests : IAsyncLifetime
{
    private static readonly string[] Targets = ["zone.db", "zone.db-wal", "VERSION"];

    private readonly string _work = Directory.CreateTempSubdirectory("hutch-folder-damage-").FullName;
    private readonly Dictionary<bool, string> _folders = [];
    private readonly Dictionary<string, string?> _tokens = [];
    private readonly List<string> _paths = ["datasets", "users", "groups", "tokens", "me"];
    private string _secret = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        (await ada.PostAsync("groups", new { name = "beamline" })).Must(201);
        foreach (string name in (string[])["shared", "secret", "open"])
        {
            string id = await ada.DatasetAsync(name);
            (await ada.PutAsync($"datasets/{id}/entries/file", name)).Must(201);
            _paths.Add($"datasets/{id}/entries/file");
            _secret = name == "secret" ? _paths[^1] : _secret;
            if (name == "shared")
            {
                (await ada.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "read" })).Must(200);
                _paths.Add($"datasets/{id}/grants");
            }
        }

        (await ada.PatchAsync("datasets/" + _paths[^1].Split('/')[1], new { visibility = "public" })).Must(200);
        foreach ((string name, TestCaller caller) in new[] { ("admin", server.Admin), ("ada", ada), ("bob", bob), ("nobody", server.Nobody) })
        {
            _tokens.Add(name, caller.Token);
        }

        _folders.Add(false, DamageSeed.Copy(server.Folder, Path.Combine(_work, "killed")));
        await server.StopAsync();
        _folders.Add(true, DamageSeed.Copy(server.Folder, Path.Combine(_work, "stopped")));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_work, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Damage_of_the_accounts_or_the_version_is_refused_in_words_or_changes_nothing()
    {
        Dictionary<string, string> before = await AskAllAsync(DamageSeed.Copy(_folders[true], Path.Combine(_work, "whole")));
        var failures = new List<string>();
        foreach (int seed in DamageSeed.All)
        {
            bool isStopped = seed % 4 != 0;
            string folder = DamageSeed.Copy(_folders[isStopped], Path.Combine(_work, "open"));
            var damage = new DamageSeed(seed, folder, Targets.Contains);
            try
            {
                await CheckAsync(folder, damage, isStopped, before);
            }
            catch (Exception e)
            {
                failures.Add($"Seed {seed}, {(isStopped ? "stopped" : "killed")}, {damage}: {e}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} seeds failed\n{string.Join("\n\n", failures.Take(20))}");
    }

    private async Task CheckAsync(string folder, DamageSeed damage, bool isStopped, Dictionary<string, string> before)
    {
        byte[]? zone = TryRead(Path.Combine(folder, "zone.db"));
        Dictionary<string, string> after;
        try
        {
            after = await AskAllAsync(folder);
        }
        catch (Exception e) when (e is IOException or HutchException)
        {
            Assert.Matches(@"zone\.db|VERSION|has format", e.Message);
            Assert.True(!isStopped || zone.AsSpan().SequenceEqual(TryRead(Path.Combine(folder, "zone.db"))), "zone.db was changed");
            return;
        }

        Assert.All(after, answer => Assert.False(answer.Value.StartsWith("500", StringComparison.Ordinal), $"{answer.Key}: {answer.Value}"));
        Assert.All((string[])["bob", "nobody"], name => Assert.Matches("^(401|404|503)", after[$"{name} {_secret}"]));

        // SQLite applies a log up to the damage, as after a power cut.
        bool mayBeOlder = !isStopped && (damage.File == "zone.db-wal" || damage.Other == "zone.db-wal");
        Assert.True(mayBeOlder || before.All(answer => after[answer.Key] == answer.Value), string.Join('\n', after.Except(before)));
    }

    /// <summary>What everybody gets from everything, by name and path.</summary>
    private async Task<Dictionary<string, string>> AskAllAsync(string folder)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        await using HutchServer server = await HutchServer.StartAsync(TestServer.Options(folder), Ct);
        using var http = new HttpClient();
        foreach ((string name, string? token) in _tokens)
        {
            foreach (string path in _paths)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/api/v1/" + path));
                request.Headers.Authorization = token is null ? null : new("Bearer", token);
                using HttpResponseMessage response = await http.SendAsync(request, Ct);
                string text = (int)response.StatusCode >= 400 ? "" : await response.Content.ReadAsStringAsync(Ct);
                answers.Add($"{name} {path}", $"{(int)response.StatusCode} {Stable(text)}");
            }
        }

        return answers;
    }

    // When a token was last used changes with each question.
    private static string Stable(string text) => System.Text.RegularExpressions.Regex.Replace(text, ",\"lastUsed\":\"[^\"]*\"", "");

    private static byte[]? TryRead(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;
}
