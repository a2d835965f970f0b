using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>
/// Somebody at a shell. Scripts, their pipes, files and exit codes are real; `hutch` in them is a function that runs the command in this
/// process, with the words, folder, variables and input that the program would have. It prints when it has ended. Not for commands that a
/// script kills, runs beside others or feeds step by step, nor for those that start programs of people.
/// </summary>
internal sealed class ScriptPerson : IAsyncDisposable
{
    // Each call has a folder for the command's input and its output. The socket carries the folder's path and the exit code.
    private const string Functions =
        """
        hutch() {
            local call line code
            call=$(mktemp -d "$SCRIPT_CALLS/XXXXXXXX")
            printf '%s\0' "$PWD" "$@" >"$call/words"
            env -0 >"$call/variables"
            if [ -p /dev/stdin ] || [ -f /dev/stdin ]; then cat >"$call/input"; else : >"$call/input"; fi
            exec {line}<>"/dev/tcp/127.0.0.1/$SCRIPT_PORT"
            echo "$call" >&"$line"
            read -r code <&"$line" || code=70
            exec {line}>&-
            [ ! -s "$call/errors" ] || cat "$call/errors" >&2
            [ ! -s "$call/output" ] || cat "$call/output"
            return "$code"
        }
        not() { ! "$@"; }

        """;

    private readonly string _folder;
    private readonly Dictionary<string, string> _variables;
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <param name="name">Of the account, with which the names of its datasets begin.</param>
    /// <param name="token">What commands are allowed by; null for somebody who is not logged in.</param>
    /// <param name="server">Where they are logged in; null for nowhere.</param>
    /// <param name="folder">For their home and their work.</param>
    internal ScriptPerson(string name, string? token, Uri? server, string folder)
    {
        (Name, Token, _folder) = (name, token ?? "", folder);
        Directory.CreateDirectory(WorkingFolder);
        Directory.CreateDirectory(Path.Combine(_folder, "calls"));
        string home = Path.Combine(_folder, "home");
        if (server is not null)
        {
            string key = RemoteAddress.Key(server);
            UserConfig config = new() { Default = key, Remotes = { [key] = new RemoteConfig { Token = token } } };
            config.Save(Path.Combine(home, ".config", "hutch", "config"));
        }

        _listener.Start();
        _variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = home,
            ["XDG_CONFIG_HOME"] = Path.Combine(home, ".config"),
            ["XDG_DATA_HOME"] = Path.Combine(home, ".local", "share"),
            ["XDG_CACHE_HOME"] = Path.Combine(home, ".cache"),
            ["SCRIPT_CALLS"] = Path.Combine(_folder, "calls"),
            ["SCRIPT_PORT"] = ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture),
        };
        _serving = ServeAsync();
    }

    internal string Name { get; }

    internal string Token { get; }

    internal string WorkingFolder => Path.Combine(_folder, "work");

    /// <summary>Runs one command, with something to read.</summary>
    internal Task<ScriptResult> RunAsync(string[] words, string input) => CallAsync(WorkingFolder, words, _variables, input);

    /// <summary>Runs one command, with nothing to read.</summary>
    internal Task<ScriptResult> RunAsync(params string[] words) => CallAsync(WorkingFolder, words, _variables, "");

    /// <summary>Runs one command in a folder until its first request for bytes.</summary>
    internal Task<ScriptResult> CountAsync(string folder, string[] words, RequestCounter counter) =>
        CallAsync(Path.Combine(WorkingFolder, folder), words, _variables, "", counter);

    /// <summary>Runs a script of bash, which ends at its first command that fails. `not COMMAND` fails if the command succeeds.</summary>
    internal async Task<ScriptResult> RunShellAsync(string script)
    {
        ProcessStartInfo start = new("/bin/bash", ["-euo", "pipefail", "-c", Functions + script])
        {
            WorkingDirectory = WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in _variables)
        {
            start.Environment[name] = value;
        }

        start.Environment.Remove("HUTCH_REMOTE");
        start.Environment.Remove("HUTCH_TOKEN");
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        ClassProcessor.Started(process.Id);
        try
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(_ct);
            string errors = await process.StandardError.ReadToEndAsync(_ct);
            await process.WaitForExitAsync(_ct);
            return new ScriptResult(process.ExitCode, await output, errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> calls = []; // those of a pipe run beside each other
        try
        {
            while (true)
            {
                calls.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            NetworkStream stream = client.GetStream();
            using var reader = new StreamReader(stream);
            string call = await reader.ReadLineAsync(_ct) ?? throw new InvalidOperationException("A call has no folder.");
            string[] words = await ReadAsync(call, "words");
            var variables = (await ReadAsync(call, "variables")).Select(static one => one.Split('=', 2))
                .ToDictionary(static one => one[0], static one => one[1], StringComparer.Ordinal);
            string input = await File.ReadAllTextAsync(Path.Combine(call, "input"), _ct);
            ScriptResult result = await CallAsync(words[0], words[1..], variables, input);
            await File.WriteAllTextAsync(Path.Combine(call, "output"), result.Output, _ct);
            await File.WriteAllTextAsync(Path.Combine(call, "errors"), result.Errors, _ct);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{result.ExitCode}\n")), _ct);
        }
    }

    // Each ends with a zero, also an empty one.
    private async Task<string[]> ReadAsync(string call, string name) =>
        (await File.ReadAllTextAsync(Path.Combine(call, name), _ct))[..^1].Split('\0');

    private async Task<ScriptResult> CallAsync(string folder, string[] words, Dictionary<string, string> variables, string input, RequestCounter? counter = null)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var host = new CliHost
        {
            Out = output,
            Error = errors,
            In = new StringReader(input),
            Environment = name => variables.GetValueOrDefault(name),
            EnvironmentNames = [.. variables.Keys],
            Folder = folder,
            Handler = counter,
        };
        int code = await FullProgram.RunAsync(words, host, counter?.Stopped ?? _ct);
        return new ScriptResult(code, output.ToString(), errors.ToString());
    }
}
