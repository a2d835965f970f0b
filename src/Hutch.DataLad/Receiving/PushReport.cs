using System.Buffers;
using Hutch.DataLad.Wire;

namespace Hutch.DataLad.Receiving;

/// <summary>The result of a push.</summary>
/// <param name="Refs">Each ref of the push, and the reason of its refusal.</param>
/// <param name="Words">Messages for the pushing user.</param>
/// <param name="Failure">The reason why all of it was refused; null if it was not.</param>
internal sealed record PushReport(
    IReadOnlyList<(RefCommand Command, string? Refusal)> Refs, IReadOnlyList<string> Words, string? Failure = null)
{
    /// <summary>The report of a push that was refused as a whole.</summary>
    public static PushReport OfRefusal(PushRequest request, HutchError error) => new(
        [.. request.Commands.Select(command => (command, (string?)error.Message.ReplaceLineEndings(" ")))],
        [error.Message, .. error.Code.Advice.Length > 0 ? [error.Code.Advice] : Array.Empty<string>()],
        error.Message);

    /// <summary>Writes it as git wants it, after the words.</summary>
    public void Write(IBufferWriter<byte> output, IReadOnlySet<string> capabilities)
    {
        bool isBanded = capabilities.Contains("side-band-64k");
        foreach (string line in isBanded ? Words : [])
        {
            PktLines.Band(output, PktLines.ProgressBand, Encoding.UTF8.GetBytes(line + "\n"));
        }

        var report = new ArrayBufferWriter<byte>();
        PktLines.Text(report, Failure is null ? "unpack ok" : "unpack refused");
        foreach ((RefCommand command, string? refusal) in Refs)
        {
            PktLines.Text(report, refusal is null ? $"ok {command.Name}" : $"ng {command.Name} {refusal}");
        }

        PktLines.Flush(report);
        if (!isBanded)
        {
            output.Write(report.WrittenSpan);
            return;
        }

        for (ReadOnlyMemory<byte> rest = report.WrittenMemory; !rest.IsEmpty;)
        {
            int length = Math.Min(rest.Length, PktLines.MaxBandBytes);
            PktLines.Band(output, PktLines.PackBand, rest.Span[..length]);
            rest = rest[length..];
        }

        PktLines.Flush(output);
    }
}
