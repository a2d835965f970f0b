namespace Hutch.Disk.Native;

/// <summary>
/// Flags of open(2). Linux numbers most of them alike everywhere (include/uapi/asm-generic/fcntl.h); arm64 swaps the ones below
/// (arch/arm64/include/uapi/asm/fcntl.h), where the x64 number of one is the arm64 number of another.
/// </summary>
/// <param name="Direct">O_DIRECT: past the system's cache.</param>
/// <param name="Directory">O_DIRECTORY: fail unless it is a folder.</param>
/// <param name="NoFollow">O_NOFOLLOW: fail when it is a symbolic link.</param>
internal readonly record struct OpenFlags(int Direct, int Directory, int NoFollow)
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;

    /// <summary>O_PATH: only identifies a name; nothing of it is opened.</summary>
    public const int PlaceOnly = 0x200000;

    private const int NoName = 0x400000; // __O_TMPFILE

    /// <summary>O_TMPFILE: a new file without a name, in the folder that is opened.</summary>
    public int Unnamed => NoName | Directory;

    public static OpenFlags Here { get; } = From(RuntimeInformation.ProcessArchitecture);

    /// <exception cref="PlatformNotSupportedException">They are not known.</exception>
    public static OpenFlags From(Architecture architecture) => architecture switch
    {
        Architecture.X64 => new OpenFlags(Direct: 0x4000, Directory: 0x10000, NoFollow: 0x20000),
        Architecture.Arm64 => new OpenFlags(Direct: 0x10000, Directory: 0x4000, NoFollow: 0x8000),
        _ => throw new PlatformNotSupportedException($"Hutch runs on x64 and arm64, not on {architecture}."),
    };
}
