using Hutch.Commands.Output;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the clock is plausible: embargoes, tokens and retention depend on it.</summary>
internal static class ClockCheck
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    internal static void Run(Installation installation, DoctorReport report)
    {
        DateTimeOffset now = installation.Host.Time.GetUtcNow();
        DateTimeOffset newest = installation.Disk.ListFiles(installation.Folder)
            .Select(name => FileFacts.Read(installation.File(name))?.Modified ?? default)
            .DefaultIfEmpty()
            .Max();
        if (newest > now + Slack)
        {
            report.Problem(
                $"By this machine's clock it is {Human.Time(now)}, but a file in the data folder was written on {Human.Time(newest)}: "
                + "the clock was set back, or was wrong before.",
                "Set the clock by NTP (`timedatectl set-ntp true`). "
                + "Until then, tokens and embargoes expire late.");
        }

        if (SystemClock.IsSynchronised() == false)
        {
            report.Record(
                "According to its kernel, this machine's clock is not synchronized.",
                "Run `timedatectl set-ntp true`, or install chrony; for a container, do so on its host.");
        }
    }
}
