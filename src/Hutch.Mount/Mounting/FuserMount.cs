using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;

namespace Hutch.Mount.Mounting;

/// <summary>
/// Mounts and unmounts with the program <c>fusermount3</c> of the package fuse3, which has the right to do so for any user. It opens
/// <c>/dev/fuse</c>, mounts, and passes the open device through a socket (libfuse, util/fusermount.c).
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class FuserMount : IDisposable
{
    private const string Program = "fusermount3";
    private const string SocketVariable = "_FUSE_COMMFD";

    /// <summary>The type of these mounts in the kernel's table is <c>fuse.</c> and this.</summary>
    private const string Subtype = "hutch";

    private readonly DescriptorChannel _channel;
    private readonly Process _process;

    private FuserMount(DescriptorChannel channel, Process process, MessageDevice device)
    {
        (_channel, _process, Device) = (channel, process, device);
    }

    /// <summary>The type of these mounts in the kernel's table.</summary>
    internal static string MountType => "fuse." + Subtype;

    internal MessageDevice Device { get; }

    /// <summary>Mounts on a folder. When this process ends in any way, fusermount3 unmounts.</summary>
    /// <param name="source">The first word of the mount in lists of mounts, such as <c>hutch:ada/lysozyme@3</c>.</param>
    /// <param name="forAll">True to let all accounts read that can reach the folder.</param>
    internal static async Task<FuserMount> MountAsync(
        string folder, string source, bool forAll, CancellationToken cancellationToken)
    {
        DescriptorChannel channel = DescriptorChannel.Open();
        try
        {
            // Commas and backslashes would end the option.
            string name = source.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
            Process process = Start(
                [
                    "-o",
                    "ro,nosuid,nodev,default_permissions,auto_unmount," + (forAll ? "allow_other," : "")
                    + $"subtype={Subtype},fsname={name}",
                    "--", folder,
                ],
                (SocketVariable, channel.ChildDescriptor.ToString(CultureInfo.InvariantCulture)));
            channel.CloseChilds();
            SafeFileHandle? device = await Task.Run(channel.Receive, cancellationToken);
            return device is not null
                ? new FuserMount(channel, process, new MessageDevice(device))
                : throw (await FailureAsync(process, $"mount on {Display.Quote(folder)}", cancellationToken)).ToException();
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Unmounts a folder.</summary>
    /// <param name="whileInUse">True to take it out of the tree at once, even if programs have files of it open.</param>
    internal static async Task<HutchError?> UnmountAsync(string folder, bool whileInUse, CancellationToken cancellationToken)
    {
        using Process process = Start([whileInUse ? "-uz" : "-u", "--", folder]);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? null : await FailureAsync(process, $"unmount {Display.Quote(folder)}", cancellationToken);
    }

    public void Dispose()
    {
        Device.Dispose();
        _channel.Dispose(); // its end makes fusermount3 unmount, if that has not been done
        _process.Dispose();
    }

    private static Process Start(string[] arguments, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start.");
        }
        catch (Win32Exception e)
        {
            throw (ErrorCode.Unavailable with
            {
                Advice = "Install the package fuse3 (Debian, Ubuntu, RHEL: `fuse3`). A mount needs nothing else.",
            }).With($"{Program} cannot be started: {e.Message.TrimEnd('.')}.").ToException();
        }
    }

    private static async Task<HutchError> FailureAsync(Process process, string action, CancellationToken cancellationToken)
    {
        string errors = (await process.StandardError.ReadToEndAsync(cancellationToken)).Trim();
        bool isBusy = errors.Contains("busy", StringComparison.OrdinalIgnoreCase);
        return (ErrorCode.Conflict with
        {
            Advice = isBusy
                ? "Close the programs that use it (`fuser -m DIR` lists them), or add --lazy."
                : "Check that /dev/fuse exists and that you own the folder; `hutch mount --help` names what a mount needs.",
        }).With($"Cannot {action}: {(errors.Length > 0 ? errors : $"{Program} gave no reason").TrimEnd('.')}.");
    }
}
