namespace Hutch.Site.Tests.Crashes;

/// <summary>Where the databases of simulated sites are: in memory, when the machine has such a place.</summary>
internal static class CrashFolder
{
    public static string Make()
    {
        string place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(place, "hutch-crash-" + Path.GetRandomFileName())).FullName;
    }
}
