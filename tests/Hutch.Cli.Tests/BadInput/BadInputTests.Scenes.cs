using System.Globalization;
using Hutch.Model;

namespace Hutch.Cli.Tests.BadInput;

public sealed partial class BadInputTests
{
    private const int LargeBytes = 9 << 20;

    private async Task DetectorFilesAsync()
    {
        _told.Heading("Detector files");
        string data = Path.Combine(Snapshots.Repository, "tests", "data");
        byte[] master = await File.ReadAllBytesAsync(Path.Combine(data, "synthetic", "synth_master.h5"), Ct);
        byte[] images = await File.ReadAllBytesAsync(Path.Combine(data, "synthetic", "synth_data_000001.h5"), Ct);
        byte[] cbf = await File.ReadAllBytesAsync(Path.Combine(data, "dxtbx", "omega_scan.cbf"), Ct);
        _ada.Write("run", ("notes_master.h5", "I am a poem.\n"), ("notes.txt", "I am a poem.\n"));
        Directory.CreateDirectory(_ada["run/folder_master.h5"]);
        await File.WriteAllBytesAsync(_ada["run/cut_master.h5"], master[..3000], Ct);
        await File.WriteAllBytesAsync(_ada["run/synth_master.h5"], master, Ct);
        File.Copy(Path.Combine(data, "refused", "lzf_master.h5"), _ada["run/lzf_master.h5"]);

        await TryAsync("A missing file", "run", "ingest", "no_master.h5", "lysozyme");
        await TryAsync("A folder", "run", "ingest", "folder_master.h5", "lysozyme");
        await TryAsync("A file that is not HDF5", "run", "ingest", "notes_master.h5", "lysozyme");
        await TryAsync("A truncated file", "run", "ingest", "cut_master.h5", "lysozyme");
        await TryAsync("A master whose data file is missing", "run", "ingest", "synth_master.h5", "lysozyme");
        await File.WriteAllBytesAsync(_ada["run/synth_data_000001.h5"], images[..(images.Length / 2)], Ct);
        await TryAsync("A master whose data file is truncated", "run", "ingest", "synth_master.h5", "lysozyme");
        await TryAsync("An unsupported filter", "run", "ingest", "lzf_master.h5", "lysozyme");
        await File.WriteAllBytesAsync(_ada["run/cut_00001.cbf"], cbf[..100_000], Ct);
        await TryAsync("A truncated image of a CBF series", "run", "ingest", "cut_00001.cbf", "lysozyme");
        await TryAsync("A file without frames", "run", "ingest", "notes.txt", "lysozyme");
        await TryAsync("After all that, there is no dataset", "run", "info", "lysozyme");
    }

    private async Task NamesAsync()
    {
        _told.Heading("Names and paths");
        _ada.Write("names", ("Readme", "1"), ("README", "2"));
        await _ada.DoAsync("names", "init", "--name", "names");
        await TryAsync("Names that differ only in case are stored, with a warning", "names", "push");

        _ada.Write("forms", ("caf\u00e9", "1"), ("cafe\u0301", "2"));
        await _ada.DoAsync("forms", "init", "--name", "forms");
        await TryAsync("Names that differ only in their Unicode form", "forms", "push");

        _ada.Write("bytes", ("good", "1"));
        (int made, string why) = await ShellAsync(_ada["bytes"], "echo 1 > \"$(printf 'b\\344d')\"; mkfifo pipe");
        Assert.True(made == 0, why);
        await _ada.DoAsync("bytes", "init", "--name", "bytes");
        await TryAsync("A name that is not UTF-8, and a pipe", "bytes", "push");
        (int removed, why) = await ShellAsync(_ada["bytes"], "rm b*d pipe"); // no .NET call can
        Assert.True(removed == 0, why);

        await TryAsync("A path outside the working directory", "names", "get", "../forms");
        string id = TextIn(await _ada.DoAsync("", "info", "names", "--json"), "id");
        await SendAsync("A path that escapes", HttpMethod.Put, $"datasets/{id}/entries/..%2F..%2Fetc%2Fpasswd", "x");
        await SendAsync("A path from the root", HttpMethod.Put, $"datasets/{id}/entries/%2Fetc%2Fpasswd", "x");
        await SendAsync("A file below a file", HttpMethod.Put, $"datasets/{id}/entries/Readme/below", "x");
        string session = await SessionAsync(id);
        await SendAsync(
            "A push that escapes",
            HttpMethod.Post,
            $"sessions/{session}/commit",
            $$"""{"changes":1}{{"\n"}}{"op":"put","path":"run/../../etc/passwd","kind":"file","hash":"{{BlobHash.Compute("2"u8)}}","size":1}{{"\n"}}""");
        await SendAsync(
            "A hash without access to its data",
            HttpMethod.Post,
            $"sessions/{session}/commit",
            $$"""{"changes":1,"base":1}{{"\n"}}{"op":"put","path":"a","kind":"file","hash":"{{BlobHash.Compute("theirs"u8)}}","size":6}{{"\n"}}""");
    }

    private async Task ChangingFilesAsync()
    {
        _told.Heading("Files that change while they are pushed");
        _ada.Write("log", ("log", new string('x', LargeBytes)));
        await _ada.DoAsync("log", "init", "--name", "log");
        bool changed = false;
        await TryAsync("Once: it is read again and stored complete", _ada, "log", Grow(() => !changed && (changed = true)), "push");
        File.AppendAllText(_ada["log/log"], "another day\n");
        await TryAsync("Forever: it is left out, and the exit code says so", _ada, "log", Grow(() => true), "push");
    }

    /// <summary>Somebody writes to the log each time a part of it is about to be sent.</summary>
    private Func<HttpRequestMessage, Task> Grow(Func<bool> now) => request =>
    {
        if (request.Method == HttpMethod.Patch && now())
        {
            File.AppendAllText(_ada["log/log"], "x");
        }

        return Task.CompletedTask;
    };

    private async Task TokensAsync()
    {
        _told.Heading("Tokens");
        string reading = TokenIn(await _ada.DoAsync("", "token", "create", "--scope", "read", "--json"));
        string writing = TokenIn(await _ada.DoAsync("", "token", "create", "--scope", "read", "write", "--json"));
        string elsewhere = TokenIn(await _ada.DoAsync("", "token", "create", "--dataset", "log", "--json"));
        string revoked = TokenIn(await _ada.DoAsync("", "token", "create", "--json"));
        string expired = TokenIn(await _ada.DoAsync("", "token", "create", "--expires", "1h", "--json"));
        await _ada.DoAsync("", "token", "revoke", revoked.Split('_')[2]);
        _time.Jump(TimeSpan.FromHours(2));
        _ada.Write("names", ("new", "new"));

        await TryAsync("None", _ada.With(""), "names", null, "push");
        await TryAsync("A text that is not a token", _ada.With("password"), "names", null, "push");
        await TryAsync("An unknown token", _ada.With(_adaToken[..^4] + "AAAA"), "names", null, "push");
        await TryAsync("An expired one", _ada.With(expired), "names", null, "push");
        await TryAsync("A revoked one", _ada.With(revoked), "names", null, "push");
        await TryAsync("One that may only read, used to push", _ada.With(reading), "names", null, "push");
        await TryAsync("One that may write, used to share", _ada.With(writing), "", null, "share", "names", "--with", "admin", "--right", "read");
        await TryAsync("One that may write, used to list the users", _ada.With(writing), "", null, "user", "list");
        await TryAsync("One for another dataset", _ada.With(elsewhere), "names", null, "push");
        await _admin.DoAsync("", "user", "create", "bob");
        string bob = TokenIn(await _admin.DoAsync("", "user", "create", "eve", "--json"));
        await TryAsync("Somebody else's dataset, which seems not to exist", _ada.With(bob), "", null, "info", "ada/names");
        await _admin.DoAsync("", "user", "disable", "eve");
        await TryAsync("The token of an account that is disabled", _ada.With(bob), "", null, "list");
    }

    private async Task StatesAsync()
    {
        _told.Heading("Open and closed");
        await TryAsync("A derivation from an open dataset", "", "derive", "names", "--name", "integrated");
        await _ada.DoAsync("", "clone", "names", "theirs");
        _ada.Write("theirs", ("theirs", "1"));
        await _ada.DoAsync("theirs", "push");
        await TryAsync("A push after somebody else's", "names", "push");
        await _ada.DoAsync("", "close", "names");
        await TryAsync("A push to a closed dataset", "theirs", "push");
        string id = TextIn(await _ada.DoAsync("", "info", "names", "--json"), "id");
        await SendAsync("A put into a closed dataset", HttpMethod.Put, $"datasets/{id}/entries/new", "x");
        await TryAsync("A second close", "", "close", "names");
        await _ada.DoAsync("", "delete", "names");
        await TryAsync("A clone from the trash", "", "clone", "names", "again");
    }

    private async Task BodiesAsync()
    {
        _told.Heading("JSON");
        string deep = string.Concat(Enumerable.Repeat("""{"a":""", 40)) + "1" + new string('}', 40);
        string id = TextIn(await _ada.DoAsync("", "info", "log", "--json"), "id");
        await SendAsync("Too deep", HttpMethod.Put, $"datasets/{id}/metadata", deep, """{"a":{"a":{"a": … 40 levels of it""");
        await SendAsync("Too large", HttpMethod.Post, "datasets", $$"""{"name":"{{new string('x', 1 << 20)}}"}""", """{"name":"xxxxxxxxxx… a million of them""");
        await SendAsync("An unknown field", HttpMethod.Post, "datasets", """{"name":"fine","colour":"red"}""");
        await SendAsync("A field of the wrong type", HttpMethod.Post, "datasets", """{"name":7}""");
        await SendAsync("A field twice", HttpMethod.Post, "datasets", """{"name":"one","name":"two"}""");
        await SendAsync("Not JSON", HttpMethod.Post, "datasets", "name=fine");
        await SendAsync("Truncated", HttpMethod.Post, "datasets", """{"name":""");
    }

    private async Task FullDisksAsync()
    {
        _told.Heading("Full disks");
        _ada.Write("large", ("large", new string('y', LargeBytes)));
        await _ada.DoAsync("large", "init", "--name", "large");
        await FullClientDiskAsync("A clone onto a disk that is full", "clone log copy");
        await FullClientDiskAsync("A simulated series onto a disk that is full", "simulate dataset series --images 1000");
        _disk.CapacityBytes = _disk.TakenBytes + ReserveBytes + (300 << 10);
        await TryAsync("A push when the disk of the server is full", "large", "push");
        await TryAsync("Reading goes on", "", "list", "log");
        _disk.CapacityBytes = long.MaxValue;
        await TryAsync("The same command when there is room again", "large", "push");
    }

    /// <summary>On a small disk that only one process sees; on a machine that gives none, what was read elsewhere stands.</summary>
    private async Task FullClientDiskAsync(string what, string command)
    {
        Directory.CreateDirectory(_ada["disk"]);
        (int code, string shown) = await ShellAsync(
            _ada["disk"],
            $"unshare -rm sh -c 'mount -t tmpfs -o size=4m tmpfs . 2>/dev/null || exit 99; cd \"$PWD\"; exec {Path.Combine(AppContext.BaseDirectory, "hutch")} {command}'",
            ("HOME", _ada.Home),
            ("HUTCH_REMOTE", _server.Address.ToString()),
            ("HUTCH_TOKEN", _adaToken));
        if (code is 99 or 1 && !shown.Contains("hutch: ", StringComparison.Ordinal))
        {
            string accepted = await File.ReadAllTextAsync(Accepted, Ct);
            int start = accepted.IndexOf(what, StringComparison.Ordinal);
            _told.Say("\n" + accepted[start..accepted.IndexOf("\n\n", start, StringComparison.Ordinal)]);
            return;
        }

        _told.Scene(what, "$ hutch " + command, shown, string.Create(CultureInfo.InvariantCulture, $"exit {code}"));
    }

    private async Task VanishingServerAsync()
    {
        _told.Heading("A server that goes away");
        _ada.Write("lost", ("small", "1"), ("large", new string('z', LargeBytes)));
        await _ada.DoAsync("lost", "init", "--name", "lost");
        await TryAsync("In the middle of a push", _ada, "lost", StopServerAsync, "push", "--wait", "1s");
        await TryAsync("Before a push", "lost", "push", "--wait", "0");
        await TryAsync("Local changes are known without it", "lost", "status");
    }

    private async Task StopServerAsync(HttpRequestMessage request)
    {
        if (request.Method == HttpMethod.Patch)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task<string> SessionAsync(string dataset)
    {
        using HttpResponseMessage answer = await RequestAsync(HttpMethod.Post, $"datasets/{dataset}/sessions", "{}");
        return TextIn(await answer.Content.ReadAsStringAsync(Ct), "id");
    }
}
