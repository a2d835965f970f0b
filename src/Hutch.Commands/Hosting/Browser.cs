using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.Commands.Hosting;

/// <summary>The person's own browser.</summary>
internal static class Browser
{
    /// <summary>Opens an address; returns false where there is no desktop, or no program for it.</summary>
    internal static bool Open(string url)
    {
        if (FindProgram() is not { } program)
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

    private static string? FindProgram()
    {
        if (OperatingSystem.IsWindows())
        {
            return "explorer.exe";
        }

        if (OperatingSystem.IsMacOS())
        {
            return "open";
        }

        return HasDesktop() ? "xdg-open" : null;
    }

    private static bool HasDesktop() => Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };
}
