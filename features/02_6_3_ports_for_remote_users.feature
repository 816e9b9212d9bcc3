@guide-2.6.3 @readiness @probe
Feature: 2.6.3 Different ports for remote users
  The port that a desk phone connects to need not be the one that is published for remote users.

  Scenario: The PBX answers remote users at the port of the profile
    When the PBX is asked at the port of the profile, and at others if that is silent
