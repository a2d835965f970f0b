using Microsoft.Win32.SafeHandles;

namespace Hutch.Commands.Hosting;

/// <summary>
/// The arguments of this process as the system shows them to everybody (<c>ps</c>): a secret in them can be written over.
/// </summary>
internal static class ProcessArguments
{
    private const int StartField = 48 - 3; // of proc(5), counted after the name of the program, which may have spaces in it
    private const long MaxBytes = 1 << 22;

    /// <summary>Writes over each place that has a text; does nothing where the system does not let it.</summary>
    internal static void Conceal(string text)
    {
        byte[] secret = Encoding.UTF8.GetBytes(text);
        try
        {
            string status = File.ReadAllText("/proc/self/stat");
            string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
            long start = long.Parse(fields[StartField], CultureInfo.InvariantCulture);
            long end = long.Parse(fields[StartField + 1], CultureInfo.InvariantCulture);
            if (secret.Length == 0 || start <= 0 || end <= start || end - start > MaxBytes)
            {
                return;
            }

            using SafeFileHandle memory = File.OpenHandle("/proc/self/mem", FileMode.Open, FileAccess.ReadWrite);
            byte[] arguments = new byte[end - start];
            int length = RandomAccess.Read(memory, arguments, start);
            for (int at = 0; arguments.AsSpan(at, length - at).IndexOf(secret) is >= 0 and int found; at += found + secret.Length)
            {
                RandomAccess.Write(memory, Enumerable.Repeat((byte)'x', secret.Length).ToArray(), start + at + found);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or FormatException)
        {
            // A system without these files. The command line was visible before this program began, too.
        }
    }
}
