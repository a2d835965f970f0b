using System.Diagnostics;

namespace Hutch.Portal.Tests.Support;

/// <summary>The program <c>hutch</c> with a configuration of its own.</summary>
internal sealed class CommandLine : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("hutch-home-").FullName;

    /// <summary>Runs it; answers its exit code and all that it said.</summary>
    public async Task<(int Code, string Said)> RunAsync(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _home,
        };
        start.Environment["HOME"] = _home;
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
