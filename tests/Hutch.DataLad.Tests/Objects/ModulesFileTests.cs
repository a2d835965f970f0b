using System.Text;
using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Tests.Objects;

/// <summary>A list of subdatasets that could harm whoever clones it is told from one that DataLad writes.</summary>
public sealed class ModulesFileTests
{
    [Theory]
    [InlineData("[submodule \"x\"]\n\turl = -u./payload\n")]
    [InlineData("[submodule \"x\"]\n\tpath=\"-x\"\n")]
    [InlineData("[submodule \"x\"]\n\turl = \\\n  -u./payload\n")]
    [InlineData("[submodule \"x\"] url = -u./payload\n")]
    [InlineData("[submodule \"a]b\"] url = -u./payload\n")]
    [InlineData("[submodule \"../../x\"]\n\tpath = x\n")]
    [InlineData("[submodule \"..\\\\x\"]\n\tpath = x\n")]
    [InlineData("[core] [submodule \"../x\"]\n")]
    [InlineData("[submodule \"x\"]\n\tupdate = !rm -rf ~\n")]
    [InlineData("[submodule \"x\"]\n\turl = https://example.org/%0Ahost=other\n")]
    public void A_file_that_git_would_refuse_is_harmful(string text) =>
        Assert.False(ModulesFile.IsHarmless(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("[submodule \"inner\"]\n\tpath = sub/inner-1\n\turl = ../inner\n\tdatalad-id = 6f1c8f0e-2b4d-4c57-9a5e-0d6b7c3e91a4\n")]
    [InlineData("# a - b\n[submodule \"é\"]\n\tpath = é\n\turl = ./é\n\tdatalad-url = \"ria+http://localhost/ria#~a/b\"\n\tupdate = merge\n")]
    public void What_DataLad_writes_is_harmless(string text) => Assert.True(ModulesFile.IsHarmless(Encoding.UTF8.GetBytes(text)));
}
