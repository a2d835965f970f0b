namespace Hutch.Cli.Doctor;

/// <summary>Whether all segments are there. Their content is read again by the server's scrub, and by `hutch backup verify`.</summary>
internal static class SegmentCheck
{
    private const string Advice =
        "Put it back from a backup while the server is stopped. `hutch verify DATASET` then names the files that are hit, if any.";

    internal static void Look(Patient patient, DoctorReport report)
    {
        foreach (string lost in patient.Inspection.LostSegments())
        {
            report.Problem($"The segment {lost} is gone, and nobody retired it.", Advice);
        }

        foreach (string unreadable in patient.Inspection.UnreadableSegments())
        {
            report.Problem($"The segment {unreadable} does not begin like one.", Advice);
        }
    }
}
