using System.Security.Cryptography;

namespace Hutch.Cli.Workers;

/// <summary>The files of a foreign step's code.</summary>
internal static class StepCode
{
    private const long MaxBytes = 256 << 20;

    /// <summary>Returns the SHA-256 of a file; null for a path that is no file.</summary>
    internal static Result<string?> Hash(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return (string?)null;
            }

            if (file.Length > MaxBytes)
            {
                return ErrorCode.TooLarge.With(
                    $"{Display.Quote(path)} is an argument of the step and has more than {MaxBytes >> 20} MiB, too much for code.");
            }

            using FileStream content = file.OpenRead();
            return Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ErrorCode.Unprocessable.With($"The file {Display.Quote(path)} of the step cannot be read: {e.Message}");
        }
    }
}
