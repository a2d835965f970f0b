namespace Hutch.Disk.Folders.Systems;

/// <summary>
/// Names that Windows forbids, written with stand-ins of Unicode's private area: U+F03A for a colon, and so on for each character. Cygwin,
/// the Windows Subsystem for Linux and Samba's <c>mapposix</c> use the same ones, so that these show the real names.
/// </summary>
internal static class WindowsNames
{
    private const char StandIn = '\uF000';
    private const char LastStandIn = '\uF07F';

    /// <summary>The characters that no name has on Windows.</summary>
    internal static readonly string ForbiddenCharacters = "\"*:<>?\\|" + string.Concat(Enumerable.Range(1, 31).Select(code => (char)code));

    private static readonly System.Buffers.SearchValues<char> Forbidden = System.Buffers.SearchValues.Create(ForbiddenCharacters);

    private static readonly string[] Devices =
    [
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
        .. from port in (string[])["COM", "LPT"] from number in "0123456789¹²³" select port + number,
    ];

    /// <summary>Returns the name on the disk.</summary>
    /// <exception cref="IOException">The name has stand-ins already, and would come back as another.</exception>
    internal static string OnDisk(string name)
    {
        string written = Write(name);
        return Of(written) == name
            ? written
            : throw new IOException($"'{name}' cannot be a name on Windows: it has characters that stand in for forbidden ones.");
    }

    /// <summary>Returns the name for one on the disk; names that were not written by <see cref="OnDisk"/> stay as they are.</summary>
    internal static string Of(string nameOnDisk)
    {
        if (nameOnDisk.AsSpan().IndexOfAnyInRange(StandIn, LastStandIn) < 0)
        {
            return nameOnDisk;
        }

        string name = string.Create(nameOnDisk.Length, nameOnDisk, static (span, written) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = written[i] is > StandIn and <= LastStandIn ? (char)(written[i] - StandIn) : written[i];
            }
        });
        return Write(name) == nameOnDisk ? name : nameOnDisk;
    }

    /// <summary>Returns true if Windows takes no file of this name.</summary>
    internal static bool IsForbidden(string nameOnDisk) => Write(nameOnDisk) != nameOnDisk;

    private static string Write(string name)
    {
        bool isDevice = Device(name) is not null;
        bool endsBadly = name.Length > 0 && name[^1] is '.' or ' ';
        if (!isDevice && !endsBadly && name.AsSpan().IndexOfAny(Forbidden) < 0)
        {
            return name;
        }

        char[] written = name.ToCharArray();
        for (int i = 0; i < written.Length; i++)
        {
            if (Forbidden.Contains(written[i]) || (isDevice && i == 0) || (endsBadly && i == written.Length - 1))
            {
                written[i] = (char)(StandIn + written[i]);
            }
        }

        return new string(written);
    }

    /// <summary>Returns the device that Windows opens for a name, of <c>con.txt</c> the first part; null when it opens none.</summary>
    internal static string? Device(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string first = (dot < 0 ? name : name[..dot]).TrimEnd(' ');
        return Devices.Contains(first, StringComparer.OrdinalIgnoreCase) ? first : null;
    }
}
