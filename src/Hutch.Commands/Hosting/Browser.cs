using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.Commands.Hosting;

/// <summary>The person's own browser.</summary>
internal static class Browser
{
    /// <summary>Opens an address; returns false where there is no desktop, or no program for it.</summary>
    internal static bool Open(string url)
    {
        string? program = OperatingSystem.IsWindows() ? "explorer.exe"
            : OperatingSystem.IsMacOS() ? "open"
            : HasDesktop() ? "xdg-open" : null;
        if (program is null)
        {
            return false;
        }

        try
        {
            var start = new ProcessStartInfo(program, [url]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process? started = Process.Start(start);
            return started is not null;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static bool HasDesktop() => Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };
}
