namespace Hutch.Cli.Doctor;

/// <summary>Whether all segments are there. Their content is read again by the server's scrub, and by `hutch backup verify`.</summary>
internal static class SegmentCheck
{
    private const string Advice =
        "Stop the server and restore it from a backup. `hutch verify DATASET` then lists the damaged files, if any.";

    internal static void Look(Installation installation, DoctorReport report)
    {
        foreach (string lost in installation.Inspection.LostSegments())
        {
            report.Problem($"The segment {lost} is missing, but was never retired.", Advice);
        }

        foreach (string unreadable in installation.Inspection.UnreadableSegments())
        {
            report.Problem($"The segment {unreadable} has no valid header.", Advice);
        }
    }
}
