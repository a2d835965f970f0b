using System.Collections.Concurrent;
using System.Threading.Channels;
using Hutch.Client.Transfers;
using Hutch.Objects.Http;

namespace Hutch.DataLadClient;

/// <summary>
/// The special remote <c>hutch</c> of git-annex (git-annex.branchable.com/design/external_special_remote_protocol): git-annex asks on one
/// stream and is answered on the other. With its extension ASYNC, many transfers go on at once.
/// </summary>
public sealed class AnnexRemote(TextReader input, TextWriter output, Func<string, HutchClient> connect) : IDisposable
{
    private const string JobWord = "J ";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Channel<string>> _answers = new(StringComparer.Ordinal);
    private HutchClient? _server;
    private DatasetId _dataset;

    /// <summary>Answers until git-annex has no more to ask.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var running = new List<Task>();
        Write("", "VERSION 1");
        while (await input.ReadLineAsync(ct) is { } line)
        {
            string job = "";
            if (line.StartsWith(JobWord, StringComparison.Ordinal) && line.IndexOf(' ', JobWord.Length) is > 0 and var end)
            {
                (job, line) = (line[..(end + 1)], line[(end + 1)..]);
            }

            if (_answers.TryGetValue(job, out Channel<string>? waiting))
            {
                waiting.Writer.TryWrite(line);
                continue;
            }

            _answers[job] = Channel.CreateUnbounded<string>();
            running.Add(AnswerAsync(job, line, ct));
            running.RemoveAll(static task => task.IsCompletedSuccessfully);
        }

        await Task.WhenAll(running);
    }

    public void Dispose() => _server?.Dispose();

    private async Task AnswerAsync(string job, string line, CancellationToken ct)
    {
        await Task.Yield();
        string[] words = line.Split(' ', 4);
        (string last, string failure) = words switch
        {
            ["TRANSFER", var way, var key, _] => ($"TRANSFER-SUCCESS {way} {key}", $"TRANSFER-FAILURE {way} {key} "),
            ["CHECKPRESENT", var key, ..] => ("", $"CHECKPRESENT-UNKNOWN {key} "),
            ["REMOVE", var key, ..] => ($"REMOVE-SUCCESS {key}", $"REMOVE-FAILURE {key} "),
            ["PREPARE", ..] => ("PREPARE-SUCCESS", "PREPARE-FAILURE "),
            ["INITREMOTE", ..] => ("INITREMOTE-SUCCESS", "INITREMOTE-FAILURE "),
            _ => ("", "ERROR "),
        };
        try
        {
            string answer = await DoAsync(job, words, ct) ?? last;
            Finish(job, answer);
        }
        catch (Exception e) when (e is HutchException or IOException or UnauthorizedAccessException or ServerUnreachableException)
        {
            Finish(job, failure + e.Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Handles a request; returns its answer, or null for the usual one.</summary>
    private async Task<string?> DoAsync(string job, string[] words, CancellationToken ct)
    {
        switch (words)
        {
            case ["EXTENSIONS", ..]:
                return words.Contains("ASYNC") || string.Join(' ', words).Contains(" ASYNC", StringComparison.Ordinal)
                    ? "EXTENSIONS ASYNC"
                    : "EXTENSIONS";
            case ["INITREMOTE", ..]:
                await PrepareAsync(job, ct);
                DescribeStorage(job);
                return null;
            case ["PREPARE", ..]:
                await PrepareAsync(job, ct);
                return null;
            case ["GETCOST", ..]:
                return "COST 150";
            case ["GETAVAILABILITY", ..]:
                return "AVAILABILITY GLOBAL";
            case ["TRANSFER", "STORE", var key, var file]:
                await StoreAsync(job, key, file, ct);
                return null;
            case ["TRANSFER", "RETRIEVE", var key, var file]:
                await Server.GetKeyAsync(_dataset, key, file, new Progress(done => Write(job, $"PROGRESS {done}")), ct);
                return null;
            case ["CHECKPRESENT", var key, ..]:
                return (await Server.HasKeyAsync(_dataset, key, ct) ? "CHECKPRESENT-SUCCESS " : "CHECKPRESENT-FAILURE ") + key;
            case ["REMOVE", var key, ..]:
                // Only content that no commit, branch or version names is removed. Missing content counts as removed.
                if (await Server.HasKeyAsync(_dataset, key, ct))
                {
                    await Server.EndUnreferencedAsync(_dataset, key, ct);
                }

                return null;
            default:
                return "UNSUPPORTED-REQUEST";
        }
    }

    private HutchClient Server => _server
        ?? throw ErrorCode.BadRequest.With("The remote was not prepared.").ToException();

    private async Task StoreAsync(string job, string key, string file, CancellationToken ct)
    {
        // Content that arrived before an earlier push was interrupted need not be sent again.
        if (!await Server.HasKeyAsync(_dataset, key, ct))
        {
            await Server.PutKeyAsync(_dataset, key, file, new Progress(done => Write(job, $"PROGRESS {done}")), ct);
        }
    }

    /// <summary>Reads where the storage is: <c>hutch datalad enable</c> has written it down.</summary>
    private async Task PrepareAsync(string job, CancellationToken ct)
    {
        string uuid = await RequestAsync(job, "GETUUID", ct);
        var git = new GitProgram(Path.GetFullPath(await RequestAsync(job, "GETGITDIR", ct)));
        string? server = await git.RequestAsync(["config", $"{EnabledClone.Section}.{uuid}.{EnabledClone.ServerName}"], ct);
        string? dataset = await git.RequestAsync(["config", $"{EnabledClone.Section}.{uuid}.{EnabledClone.DatasetName}"], ct);
        if (server is null || !DatasetId.TryParse(dataset ?? "", out _dataset))
        {
            throw ErrorCode.NotFound.With("This clone does not know its server. Run `hutch datalad enable` in it once.").ToException();
        }

        _server?.Dispose();
        _server = connect(server);
    }

    /// <summary>
    /// Describes the storage as that of a RIA store, so that clones of the dataset can read from it without this program.
    /// </summary>
    private void DescribeStorage(string job)
    {
        Write(job, "SETCONFIG externaltype ora");
        Write(job, "SETCONFIG url ria+file:///nowhere");
        Write(job, $"SETCONFIG archive-id {_dataset}");
    }

    private async Task<string> RequestAsync(string job, string question, CancellationToken ct)
    {
        Write(job, question);
        string answer = await _answers[job].Reader.ReadAsync(ct);
        return answer.StartsWith("VALUE ", StringComparison.Ordinal) ? answer["VALUE ".Length..] : "";
    }

    private void Finish(string job, string answer)
    {
        _answers.TryRemove(job, out _);
        Write(job, answer);
    }

    private void Write(string job, string line)
    {
        lock (_gate)
        {
            output.Write(job + line + "\n");
            output.Flush();
        }
    }

    /// <summary>Reports the progress of a transfer, at a limited rate.</summary>
    private sealed class Progress(Action<string> tell) : ITransferProgress
    {
        private const long EveryBytes = 1 << 20;

        private long _done;
        private long _reported;

        public void Start(string stage, long? files, long? bytes)
        {
            // git-annex knows its own request.
        }

        public void Report(string message)
        {
            // Only bytes are reported.
        }

        public void Add(long files, long bytes)
        {
            _done += bytes;
            if (_done - _reported >= EveryBytes)
            {
                _reported = _done;
                tell(_done.ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
