Console.WriteLine("hutch " + typeof(Program).Assembly.GetName().Version?.ToString(3));
