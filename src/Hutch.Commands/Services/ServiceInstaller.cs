using System.ComponentModel;
using System.Diagnostics;
using Hutch.Disk.Folders;

namespace Hutch.Commands.Services;

/// <summary>Installs and removes services of a user.</summary>
/// <param name="run">Runs a command of the system: its exit code, and what it printed.</param>
internal sealed class ServiceInstaller(
    IServiceManager manager, Func<ServiceCommand, CancellationToken, Task<(int Code, string Output)>> run)
{
    /// <summary>The installer of this system.</summary>
    internal static ServiceInstaller Here(Func<string, string?> environment)
    {
        string home = environment("HOME") ?? environment("USERPROFILE") ?? "/";
        string config = environment("XDG_CONFIG_HOME") is { Length: > 0 } named && Path.IsPathRooted(named)
            ? named
            : Path.Combine(home, ".config");
        IServiceManager manager = OperatingSystem.IsWindows()
            ? new ScheduledTasks(Path.GetTempPath(), $@"{Environment.UserDomainName}\{Environment.UserName}")
            : OperatingSystem.IsMacOS() ? new LaunchAgents(home)
            : new SystemdServices(config, Path.Combine("/var/lib/systemd/linger", Environment.UserName));
        return new ServiceInstaller(manager, RunAsync);
    }

    /// <summary>Installs a service, or replaces it, and starts it. Returns sentences for a person.</summary>
    /// <exception cref="HutchException">The system refused; a new service is not installed then.</exception>
    internal async Task<IReadOnlyList<string>> InstallAsync(ServiceDefinition service, CancellationToken cancellationToken)
    {
        service.RefuseControlCharacters();
        string file = manager.FileOf(service.Name);
        SmallFile.MakeFolder(Path.GetDirectoryName(file)!);
        byte[]? before = SmallFile.TryRead(file);
        SmallFile.Replace(file, manager.Describe(service));
        bool isDone = false;
        try
        {
            IReadOnlyList<string> notes = await RunAllAsync(manager.Install(service.Name), cancellationToken);
            isDone = true;
            return notes;
        }
        finally
        {
            if (!manager.KeepsFile || (!isDone && before is null))
            {
                SmallFile.Delete(file);
            }
            else if (!isDone)
            {
                SmallFile.Replace(file, before);
            }
        }
    }

    /// <summary>Stops a service and removes it.</summary>
    internal async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        string file = manager.FileOf(name);
        if (manager.KeepsFile && SmallFile.TryRead(file) is null)
        {
            throw ErrorCode.NotFound.With($"There is no service {name}.").ToException();
        }

        await RunAllAsync(manager.Remove(name), cancellationToken);
        SmallFile.Delete(file);
    }

    private async Task<IReadOnlyList<string>> RunAllAsync(IReadOnlyList<ServiceCommand> commands, CancellationToken cancellationToken)
    {
        var notes = new List<string>();
        foreach (ServiceCommand command in commands)
        {
            (int code, string output) = await run(command, cancellationToken);
            if (code != 0 && command.Otherwise is null)
            {
                string words = string.Join(' ', command.Arguments.Prepend(command.Program));
                throw (ErrorCode.Unavailable with { Advice = "Run `hutch push --watch` by other means, such as the system's own." })
                    .With($"`{words}` failed: {output.Trim()}").ToException();
            }

            if (code != 0 && command.Otherwise is { Length: > 0 } otherwise)
            {
                notes.Add(otherwise);
            }
        }

        return notes;
    }

    private static async Task<(int Code, string Output)> RunAsync(ServiceCommand command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await errors + await output);
        }
        catch (Win32Exception e)
        {
            return (1, e.Message);
        }
    }
}
