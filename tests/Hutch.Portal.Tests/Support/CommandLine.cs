using System.Diagnostics;

namespace Hutch.Portal.Tests.Support;

/// <summary>The program <c>hutch</c> with a configuration of its own.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("hutch-home-").FullName;

    /// <summary>Runs it; returns its exit code and output.</summary>
    public Task<(int Code, string Said)> RunAsync(string? input, params string[] arguments) => StartAsync(input, Repository.Command, arguments, _home);

    /// <summary>Runs the full program, which has the verbs of the server; returns its exit code and output.</summary>
    public Task<(int Code, string Said)> RunFullAsync(params string[] arguments) => StartAsync(null, Repository.Executable, arguments, _home);

    /// <summary>Runs a pasted command in a shell; it must succeed.</summary>
    public async Task PasteAsync(string command, string folder, string token)
    {
        Directory.CreateDirectory(Path.Combine(_home, folder));
        (int code, string said) = await StartAsync(null, "/bin/bash", ["-c", $"export HUTCH_TOKEN={token}\n{command}"], Path.Combine(_home, folder));
        Assert.True(code == 0, $"{command}\n{said}");
    }

    /// <summary>The path of a file in its home folder.</summary>
    public string PathOf(string path) => Path.Combine(_home, path);

    private async Task<(int Code, string Said)> StartAsync(string? input, string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["HOME"] = _home;
        start.Environment["PATH"] = $"{Path.GetDirectoryName(Repository.Command)}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(_home, "config");
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(_home, "cache");
        start.Environment.Remove("HUTCH_TOKEN");
        start.Environment.Remove("HUTCH_REMOTE");
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> complained = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await said + await complained);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
