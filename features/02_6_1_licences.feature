@guide-2.6.1 @readiness @all-users @external-0
Feature: 2.6.1 Additional licences for remote access
  Licences are needed for each user that will be connected to Microsoft Teams.

  Scenario: All users are registered and in a call at the same time
    When every user of the profile registers
    Then all of them can be in a call with each other at the same time
