System.Console.WriteLine("mirlink");
