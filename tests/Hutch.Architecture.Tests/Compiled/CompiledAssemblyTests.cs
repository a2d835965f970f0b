using Hutch.Architecture.Tests.Reading;

namespace Hutch.Architecture.Tests.Compiled;

/// <summary>The rules stand on this reader: here it reads the tests themselves.</summary>
public sealed class CompiledAssemblyTests
{
    [Fact]
    public async Task A_call_is_found_with_its_file_line_and_parameters_even_inside_a_state_machine()
    {
        await Task.Delay(TimeSpan.Zero, TimeProvider.System, TestContext.Current.CancellationToken);

        Project self = Repository.Tests.Single(project => project.Name == "Hutch.Architecture.Tests");
        using CompiledAssembly assembly = CompiledAssembly.Open(self);
        Call call = Assert.Single(assembly.Calls(), call => call.Type == "System.Threading.Tasks.Task" && call.Method == "Delay");

        Assert.Equal("tests/Hutch.Architecture.Tests/Compiled/CompiledAssemblyTests.cs:11", call.Where);
        Assert.Equal("Hutch.Architecture.Tests.Compiled.CompiledAssemblyTests", call.Caller);
        Assert.Equal(["System.TimeSpan", "System.TimeProvider", "System.Threading.CancellationToken"], call.Parameters);
    }

    [Fact]
    public void References_are_those_of_the_compiled_code()
    {
        using CompiledAssembly assembly = CompiledAssembly.Open(Repository.Products.Single(project => project.Name == "Hutch.Catalog"));

        Assert.Contains("Microsoft.Data.Sqlite", assembly.References);
    }
}
