"""`python -m demos` runs the worked 2-3-1 example."""

from demos.neural_network_231 import main

if __name__ == "__main__":
    main()
