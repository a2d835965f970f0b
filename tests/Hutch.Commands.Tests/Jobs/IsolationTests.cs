using Hutch.Model.Records;
using Hutch.Node.Attempts;

namespace Hutch.Commands.Tests.Jobs;

public sealed class IsolationTests
{
    [Theory]
    [InlineData(true, "/image/dev/nvidia0")]
    [InlineData(false, "/dev/nvidia0")]
    public void Devices_of_the_site_are_shown_after_the_usual_ones_in_an_image_too(bool isInImage, string place)
    {
        string[] arguments = [.. new Isolation(isInImage, [], ["/dev/nvidia0"]).ToArguments(
            new SandboxFolders("/i", "/f", "/o") { Image = isInImage ? Directory.GetCurrentDirectory() : null },
            new TaskLimits(1, 1, 1, 1, 1, 1, Network: false))];

        int at = Array.IndexOf(arguments, "--dev-bind-try");
        Assert.Equal(("/dev/nvidia0", place), (arguments[at + 1], arguments[at + 2]));
        Assert.True(Array.IndexOf(arguments, "--dev") < at);
        Assert.DoesNotContain("--dev-bind-try", new Isolation(false, [], []).ToArguments(
            new SandboxFolders("/i", "/f", "/o"), new TaskLimits(1, 1, 1, 1, 1, 1, Network: false)));
    }
}
