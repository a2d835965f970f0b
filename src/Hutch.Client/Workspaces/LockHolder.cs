namespace Hutch.Client.Workspaces;

/// <summary>The process that has a lock, in the file of the lock: a note for people, on which nothing depends.</summary>
internal static class LockHolder
{
    private const int MaxDigits = 20;

    internal static void Write(SafeFileHandle file)
    {
        try
        {
            byte[] id = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            RandomAccess.Write(file, id, 0);
            RandomAccess.SetLength(file, id.Length);
        }
        catch (IOException)
        {
            // The lock is what matters; a full disk can still be read.
        }
    }

    internal static string Read(SafeFileHandle file)
    {
        try
        {
            byte[] id = new byte[MaxDigits];
            int length = RandomAccess.Read(file, id, 0);
            return long.TryParse(id.AsSpan(0, length), NumberStyles.None, CultureInfo.InvariantCulture, out long process)
                ? string.Create(CultureInfo.InvariantCulture, $"process {process}")
                : "it";
        }
        catch (IOException)
        {
            return "it";
        }
    }
}
