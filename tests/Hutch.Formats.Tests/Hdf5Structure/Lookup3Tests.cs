using System.Text;
using Hutch.Formats.Hdf5Structure;

namespace Hutch.Formats.Tests.Hdf5Structure;

public sealed class Lookup3Tests
{
    /// <summary>The values that the author of lookup3 gives in its source.</summary>
    [Theory]
    [InlineData("", 0xdeadbeef)]
    [InlineData("Four score and seven years ago", 0x17770551)]
    public void The_sums_are_those_of_its_author(string text, uint sum) => Assert.Equal(sum, Lookup3.Compute(Encoding.ASCII.GetBytes(text)));
}
